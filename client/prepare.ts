import { type Checking, checked } from './checked.ts'
import type { Cancellation, EventToSchedule, Rescheduling } from './messages.ts'
import { newId } from './new-id.ts'
import type { Prepared } from './send-all.ts'

/**
 * An event as it is sent: with an id of its own, so that a publish that is repeated is one event. A new one has nothing to
 * replace: there the client must say which.
 */
export function prepareSchedule(event: EventToSchedule, checking: Checking): Prepared {
  return prepare(
    isObject(event) ? { ...event, id: event.id ?? (event.replace ? undefined : newId()) } : event,
    checking,
  )
}

export function prepareCancel(event: string | Cancellation, checking: Checking): Prepared {
  return prepare({ ...(typeof event === 'string' ? { id: event } : event), action: 'cancel' }, checking)
}

export function prepareReschedule(change: Rescheduling, checking: Checking): Prepared {
  return prepare({ ...change, action: 'reschedule' }, checking)
}

/** @throws SchedulerError if the scheduler would not accept the message */
function prepare(message: object, checking: Checking): Prepared {
  const { request, ...sent } = checked(message, checking)
  const when = request.action === 'reschedule' ? request.newDate : request.date
  return { ...sent, receipt: { id: request.id, date: when?.text, dueAtMs: when?.atMs } }
}

const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value)
