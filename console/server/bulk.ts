import type * as z from 'zod'
import type { Client } from '../../client/client.ts'
import type { BulkFilter, EventFilter, ListedEvent } from '../../client/event-list.ts'
import type { Shift } from '../../client/shift.ts'
import { fixed, shifted } from '../../client/shift.ts'
import { spanOf, statusesAmong } from '../../client/span.ts'
import { SchedulerError } from '../../core/errors.ts'
import { CHANGEABLE, REDRIVABLE, type Status } from '../../status/status.ts'
import type { change, Verb } from './shapes.ts'
import { whenOf } from './typed-date.ts'

/** Of the events that match, so many are shown before they are changed. */
const SHOWN = 5

/** To which events a change is made. */
const POSSIBLE: Record<Verb, readonly Status[]> = {
  cancel: CHANGEABLE,
  reschedule: CHANGEABLE,
  redrive: REDRIVABLE,
}

/** What a change of all that match would change. */
export interface Counted {
  matched: number
  /** The first of them. */
  first: ListedEvent[]
  /** When the last of them is due, epoch ms. */
  lastDueAtMs: number | undefined
  /** The span, epoch ms, in which they were counted: in that they are changed. */
  from: number
  until: number
}

/** What became of a change of several. */
export interface Changed {
  sent: number
  refused: number
  /** Why, of the first that was refused. */
  error?: string | undefined
}

/** Counts what a change would change. */
export async function countMatching(
  client: Client,
  { verb, filter, nowMs }: { verb: Verb; filter: EventFilter; nowMs: number },
): Promise<Counted> {
  const { fromMs, toMs } = spanOf(filter, nowMs)
  const first: ListedEvent[] = []
  let [matched, lastDueAtMs]: [number, number | undefined] = [0, undefined]
  const status = statusesAmong(POSSIBLE[verb], filter)
  for await (const event of client.list({ ...filter, from: fromMs, to: toMs, status })) {
    if (first.length < SHOWN) first.push(event)
    matched++
    lastDueAtMs = event.dueAtMs
  }
  return { matched, first, lastDueAtMs, from: fromMs, until: toMs }
}

interface Move {
  to?: string | undefined
  by?: string | undefined
}

/** Changes all that match. */
export async function bulkChange(
  client: Client,
  { verb, filter, ...move }: { verb: Verb; filter: BulkFilter } & Move,
): Promise<Changed> {
  const run = {
    cancel: () => client.cancelAll(filter),
    redrive: () => client.redriveAll(filter),
    reschedule: () => client.rescheduleAll(filter, shiftOf(move)),
  }
  const { sent, refused, refusals } = await run[verb]()
  return { sent, refused, error: refusals[0]?.error.message }
}

/** Changes some events by their names, one after the other. */
export async function changed(client: Client, { verb, events, ...move }: z.infer<typeof change>): Promise<Changed> {
  const newDate = verb === 'reschedule' ? dateBy(shiftOf(move)) : undefined
  let sent = 0
  const errors: string[] = []
  for (const { id, date } of events)
    try {
      if (verb === 'cancel') await client.cancel({ id, date })
      else if (verb === 'redrive') await client.redrive({ id, date })
      else if (newDate) await client.reschedule({ id, date, new_date: newDate(date) })
      sent++
    } catch (fault) {
      if (!(fault instanceof SchedulerError)) throw fault
      errors.push(fault.message)
    }
  return { sent, refused: errors.length, error: errors[0] }
}

/** @throws SchedulerError `DATE_INVALID` where it is said neither whither nor by how much */
function shiftOf({ to, by }: Move): Shift {
  if (by !== undefined && by !== '') return { by }
  return { to: whenOf(to ?? '') }
}

/** Of each event its new date: one that counts from now, or is no date, is the client's to read. */
function dateBy(shift: Shift) {
  if ('to' in shift) return () => shift.to
  const by = fixed(shift, 0)
  return (dueAtMs: number) => shifted(dueAtMs, by)
}
