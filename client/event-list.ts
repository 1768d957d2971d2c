import type { EventFacts } from '../status/facts.ts'
import type { Status } from '../status/status.ts'
import type { When } from './when.ts'

/** Which events, by when they are due and what is known of them. What is left out is not asked for. */
export interface EventFilter {
  /** Due from then on. Default: an hour ago; a day before `to`, if only that is given. */
  from?: When | undefined
  /** Due before. Default: in a day; a day after `from`, if only that is given. */
  to?: When | undefined
  /** One of these, as `get` tells it. */
  status?: Status | readonly Status[] | undefined
  /** Exactly this `user`. */
  user?: string | undefined
  /** ARN of the topic that gets the payload. */
  target?: string | undefined
  /** What the id begins with. */
  idPrefix?: string | undefined
}

/** Which events are listed, and from where on. */
export interface ListFilter extends EventFilter {
  /** Most events, from 1. Default: all. */
  limit?: number | undefined
  /** Goes on after the event that had this `cursor`, in a list of the same filter. */
  cursor?: string | undefined
}

/**
 * Which events are changed: the span is said, so that none is by mistake. A `status` leaves out others of those that the
 * change can be made to.
 */
export interface BulkFilter extends EventFilter {
  from: When
  to: When
}

/** An event in a list. */
export interface ListedEvent extends EventFacts {
  /** Where a list goes on after it. */
  cursor: string
}
