import * as z from 'zod'
import type { EventFilter } from '../../client/event-list.ts'
import { STATUSES } from '../../status/status.ts'
import { whenOf } from './typed-date.ts'

// What the page may ask for. What an instant, a target or a payload is, the client itself says.

/** Most events that are scheduled at once here. */
export const MOST_AT_ONCE = 1_000

const text = z.string().max(1_000).optional()
const status = z.enum(STATUSES)
const filter = {
  from: text,
  to: text,
  user: text,
  target: text,
  idPrefix: text,
  /** One word may come alone. */
  status: z.union([status.transform((one) => [one]), z.array(status)]).optional(),
}
export const listed = z.object({ ...filter, cursor: text })
export const nameOfEvent = z.object({
  id: z.string(),
  date: z
    .string()
    .regex(/^\d{1,15}$/)
    .optional(),
})
export const nameOfSlot = z.object({ name: z.string() })

const verb = z.enum(['cancel', 'redrive', 'reschedule'])
export type Verb = z.infer<typeof verb>
const named = z.object({ id: z.string(), date: z.number() })

/** Where events are moved: to a date, or by a while. */
const move = { to: text, by: text }
export const change = z.object({ verb, events: z.array(named).min(1).max(MOST_AT_ONCE), ...move })
export const counting = z.object({ verb, ...filter })
/** The span as it was counted: not another that `in an hour` means by now. */
export const bulk = z.object({ verb, ...filter, from: z.number(), until: z.number(), ...move })
export const toSchedule = z.object({
  date: z.string().max(100),
  target: z.string(),
  payload: z.string(),
  user: z.string().optional(),
  id: z.string().optional(),
  latest: z.string().max(100).optional(),
  failure_topic: z.string().optional(),
  /** How often, and the time over which they are spread evenly, ms. */
  times: z.number().int().min(1).max(MOST_AT_ONCE).optional(),
  spreadMs: z.number().min(0).max(86_400_000).optional(),
})

type Given = Partial<Record<'user' | 'target' | 'idPrefix', string | undefined>> &
  Pick<EventFilter, 'from' | 'to' | 'status'>

/** What was left empty is not asked for. */
export function asFilter({ from, to, status, user, target, idPrefix }: Given, nowMs: number): EventFilter {
  const given = <Value>(value: Value | undefined) => (value === '' ? undefined : value)
  const instant = (when: EventFilter['from']) => given(typeof when === 'string' ? whenOf(when, nowMs) : when)
  return {
    from: instant(from),
    to: instant(to),
    status: status && status.length > 0 ? status : undefined,
    user: given(user),
    target: given(target),
    idPrefix: given(idPrefix),
  }
}
