import type * as z from 'zod'
import type { Client } from '../../client/client.ts'
import type { EventToSchedule } from '../../client/messages.ts'
import { newId } from '../../client/new-id.ts'
import type { toSchedule } from './shapes.ts'
import { whenOf } from './typed-date.ts'

/** What became of events that were to be scheduled. */
export interface Scheduled {
  scheduled: number
  refused: number
  /** Why, of the first that was refused. */
  error?: string | undefined
  /** The first of them. */
  id: string
  dueAtMs: number
}

/**
 * Schedules an event, or the same several times, spread over a time.
 * @throws SchedulerError with a rejection's code if the event is not as it should be; nothing is sent then
 */
export async function scheduleMany(client: Client, asked: z.infer<typeof toSchedule>): Promise<Scheduled> {
  const { times = 1, spreadMs = 0, id, ...typed } = asked
  const event = { ...typed, date: whenOf(typed.date), latest: typed.latest && whenOf(typed.latest) }
  const first = await client.preview({ ...event, id })
  const dueAtMs = first.dueAtMs as number
  const all = Array.from({ length: times }, (_, i): EventToSchedule & { id: string } => ({
    ...event,
    id: times === 1 ? first.id : id === undefined ? newId() : `${id}-${i + 1}`,
    date: dueAtMs + (times === 1 ? 0 : Math.round((i * spreadMs) / (times - 1))),
  }))
  const { scheduled, refused, results } = await client.scheduleBatch(all)
  const error = results.flatMap((result) => (result.ok ? [] : [result.error.message]))[0]
  return { scheduled, refused, error, id: all[0]?.id ?? first.id, dueAtMs }
}
