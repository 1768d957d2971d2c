import type { Lane } from './lane.ts'
import type { Publication } from './publication.ts'
import type { Slot } from './slot.ts'
import type { Untold } from './untold.ts'

/** What a client asks to be delivered, as it stands in its slot. An immutable fact; what happens to it are others. */
export interface ScheduledEvent {
  slot: Slot
  /** Position in the slot, see `eventKey`. */
  key: string
  /** 1 to 64 of `A-Za-z0-9_-`, chosen by the client or the SNS MessageId. */
  id: string
  /** The instant the client asked for, epoch ms. */
  dueAtMs: number
  /** When it was taken in, epoch ms: it cannot be on time for a date before. Absent in events of earlier versions. */
  acceptedAtMs?: number | undefined
  /** The publish that asked for it. Absent in events of earlier versions. */
  publication?: Publication | undefined
  /** The last publish that asked for the same again while it was pending: a change published before does not undo that. */
  askedAgain?: Publication | undefined
  /** The instant it is to be emitted, epoch ms: `dueAtMs` for the first attempt, later for a retry. */
  emitAtMs: number
  lane: Lane
  /** 1 for the first attempt. */
  attempt: number
  /** ARN of the topic that gets the payload. */
  target: string
  payload: string
  /** `date` as received. */
  date: string
  user?: string | undefined
  /** ARN of the topic for failure notices; the stack's own when absent. */
  failureTopic?: string | undefined
  /** `latest` as received. */
  latest?: string | undefined
  /** Past this instant, epoch ms, the event expires instead of being delivered. */
  latestAtMs?: number | undefined
  /** The trace context of the publish that asked for it, which goes out with it. */
  traceparent?: string | undefined
  /** Of an event that has failed, while nobody could be told. */
  untold?: Untold | undefined
}

/** An event without its payload, which may be large: all that settling and looking take. */
export type EventHead = Omit<ScheduledEvent, 'payload'> & {
  /** Length of the payload in UTF-16 units. */
  size: number
}

/** The last publish that asked for an event, as far as is noted with it where it stands. */
export function lastAsked({
  askedAgain,
  publication,
}: Pick<ScheduledEvent, 'askedAgain' | 'publication'>): Publication | undefined {
  return askedAgain ?? publication
}

/** An event as it was asked for last, where it stands. */
export function asLastAsked(event: ScheduledEvent): ScheduledEvent {
  return { ...event, publication: lastAsked(event), askedAgain: undefined }
}

/** Whether the client chose the id: otherwise it is that of the message, and nobody else has it. */
export function hasOwnId({ id, publication }: Pick<ScheduledEvent, 'id' | 'publication'>): boolean {
  return id !== publication?.messageId
}

/** Where an event stands in the table. */
export interface EventRef {
  slot: Slot
  key: string
}

/** Whether two are the same place. */
export function isSamePlace(one: EventRef, other: EventRef): boolean {
  return one.slot === other.slot && one.key === other.key
}

/** Sorts before every key of a slot. */
export const FIRST_KEY = ''

/** Sorts after every key of a slot: ids have no `~`. */
export const LAST_KEY = '~'

/**
 * Position of an event in its slot: emission order, then id, then turn. Where an event goes on, because it is tried again
 * or scheduled again, it has the next turn: so no place is taken twice.
 * @param turn 1 for the first place of an event
 */
export function eventKey(emitAtMs: number, id: string, turn: number): string {
  return `${keyAt(emitAtMs)}${id}${turn > 1 ? `#${turn}` : ''}`
}

/** The lowest key an event emitted at `emitAtMs` can have. */
export function keyAt(emitAtMs: number): string {
  return `${String(emitAtMs).padStart(15, '0')}#`
}

/** The instant a key names, epoch ms. */
export function emitAtMsOf(key: string): number {
  return Number(key.slice(0, 15))
}

/** Whether two events of one id and date are the same to their client: neither delivers anything that the other does not. */
export function hasSameContent(one: ScheduledEvent, other: ScheduledEvent): boolean {
  const told = ({ target, payload, user, failureTopic, latestAtMs }: ScheduledEvent) =>
    [target, payload, user, failureTopic, latestAtMs] as const
  const others = told(other)
  return told(one).every((value, i) => value === others[i])
}

/** The event in the words of the input message, so that a failure notice can be published again. */
export function asReceived(event: ScheduledEvent): Record<string, unknown> {
  return {
    id: event.id,
    date: event.date,
    target: event.target,
    user: event.user,
    payload: event.payload,
    failure_topic: event.failureTopic,
    latest: event.latest,
  }
}

/** The turn a key names. */
export function turnOf(key: string): number {
  return Number(key.split('#')[2] ?? 1)
}
