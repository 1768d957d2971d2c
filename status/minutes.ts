import type { EventsReader } from '../aws/events-table.ts'
import type { DividedMinute } from '../core/divided-minute.ts'
import { minuteOf } from '../core/slot.ts'

const HOUR_MS = 3_600_000

/** Hours whose minutes are read at once: so that a quiet month takes a second. */
const HOURS_AT_ONCE = 24

/** The minutes of a span that hold events, in order; of hours without any little is read. `toMs` is exclusive. */
export async function* minutesIn(
  table: Pick<EventsReader, 'minutesBetween'>,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): AsyncGenerator<DividedMinute> {
  const startMs = minuteOf(fromMs)
  // The first hour alone: mostly what is looked for is near.
  let atOnce = 1
  for (let hourMs = Math.floor(startMs / HOUR_MS) * HOUR_MS; hourMs < toMs; ) {
    const hours = Array.from({ length: atOnce }, (_, i) => hourMs + i * HOUR_MS).filter((atMs) => atMs < toMs)
    const minutes = await Promise.all(
      hours.map((atMs) => inHour(table, { fromMs: Math.max(startMs, atMs), toMs: Math.min(toMs, atMs + HOUR_MS) })),
    )
    yield* minutes.flat()
    hourMs += atOnce * HOUR_MS
    atOnce = HOURS_AT_ONCE
  }
}

async function inHour(
  table: Pick<EventsReader, 'minutesBetween'>,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): Promise<DividedMinute[]> {
  const minutes: DividedMinute[] = []
  for await (const page of table.minutesBetween(fromMs, toMs)) minutes.push(...page)
  return minutes
}
