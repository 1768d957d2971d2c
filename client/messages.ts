import type { When } from './when.ts'

/** An event to be scheduled, in the words of the input message. */
export interface EventToSchedule {
  /** When it is due. In the past means now. */
  date: When
  /** ARN of the SNS topic that gets the payload. */
  target: string
  /** What the target gets, as it is: a non-empty string. */
  payload: string
  /** Whom to contact about the event. Mandatory unless the stack's `enforceUser` is off. */
  user?: string | undefined
  /** 1 to 64 of `A-Za-z0-9_-`. The same id and date are the same event. Default: a new one, see `newId`. */
  id?: string | undefined
  /** ARN of the topic that is told when something is wrong. Default: the stack's own. */
  failure_topic?: string | undefined
  /** If the event cannot be delivered by then, a second or more after `date`, it expires. Default: it is delivered late. */
  latest?: When | undefined
  /** Cancels what else is pending under the `id`, whose last publish wins. Default: false. */
  replace?: boolean | undefined
  /** W3C Trace Context of what asks for it: goes out with the payload, for a span link. One that is malformed does not. */
  traceparent?: string | undefined
}

/** What names an event: its id alone, if a client has given it, or together with the date that it was scheduled for. */
export type EventName = string | { id: string; date?: When | undefined }

/** A cancel in full: the event's name, and who is told when something is wrong. */
export interface Cancellation {
  id: string
  date?: When | undefined
  /** ARN of the topic that is told when something is wrong. Default: the stack's own. */
  failure_topic?: string | undefined
}

/** What is to change of an event. What is left out stays as it is. */
export interface Rescheduling extends Cancellation {
  /** When it is due instead. */
  new_date: When
  payload?: string | undefined
  target?: string | undefined
}

/** That the input topic has taken a message. What the stack makes of it, `get` and the failure topic tell. */
export interface Receipt {
  /** The event's. */
  id: string
  /** The event's date as it was sent; of a reschedule the new one; of a cancel by id alone undefined. */
  date: string | undefined
  /** The same, epoch ms. */
  dueAtMs: number | undefined
  /** Of the publish, by SNS. */
  messageId: string
}

/** A message that would be accepted, as it would be sent. */
export interface Preview extends Omit<Receipt, 'messageId'> {
  /** The message, JSON. */
  text: string
  /** Its size as SNS counts it, bytes. */
  bytes: number
}
