import type { Status } from '../status/status.ts'
import type { When } from './when.ts'

/** Which events are meant. What is left out is not asked for. */
export interface EventFilter {
  /** Due from then on. Default: now. */
  from?: When | undefined
  /** Due before. Default: a day after `from`. */
  to?: When | undefined
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

/** An event in a list. */
export interface ListedEvent {
  id: string
  /** Epoch ms. */
  dueAtMs: number
  status: Status
  /** ARN of the topic that gets the payload. */
  target: string
  user: string | undefined
  /** Where a list goes on after it. */
  cursor: string
}
