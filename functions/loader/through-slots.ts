import type { EventsTable } from '../../aws/events-table.ts'
import type { Clock } from '../../core/clock.ts'
import type { DividedMinute } from '../../core/divided-minute.ts'
import { minuteOf, type Slot, slotsOfMinute } from '../../core/slot.ts'
import { SLOT_MS } from '../../core/timetable.ts'

export interface ThroughSlotsDeps {
  table: Pick<EventsTable, 'minutesBetween'>
  clock: Clock
}

/** A stretch of minutes to go through, as far as time allows. */
export interface Stretch {
  /** The minute to begin with, epoch ms. */
  fromMs: number
  /** Nothing new is begun after this instant, epoch ms. */
  deadlineMs: number
  /** Is told how far the work has come, epoch ms: everything before is done. What it does is done before work goes on. */
  reached(untilMs: number): Promise<void>
}

/** Minutes gone through side by side. */
const MINUTES_AT_ONCE = 10

/**
 * Does the work for every slot of the minutes that ever held anything and end by `toMs`, in their order, and tells after
 * each group of minutes how far it has come, so that whoever goes on begins there.
 * @throws the first fault, when the group in which it happened is over
 */
export async function throughSlots(
  { table, clock }: ThroughSlotsDeps,
  { fromMs, toMs, deadlineMs, reached }: Stretch & { toMs: number },
  work: (slot: Slot) => Promise<void>,
): Promise<void> {
  const endMs = minuteOf(toMs)
  if (fromMs >= endMs) return
  for await (const page of table.minutesBetween(fromMs, endMs))
    for (let i = 0; i < page.length; i += MINUTES_AT_ONCE) {
      if (clock.now() >= deadlineMs) return
      const { doneUntilMs, fault } = await throughGroup(page.slice(i, i + MINUTES_AT_ONCE), work)
      await reached(doneUntilMs)
      if (fault) throw fault
    }
  await reached(endMs)
}

/** @returns up to where everything is done, epoch ms, and the fault that stands there */
async function throughGroup(minutes: readonly DividedMinute[], work: (slot: Slot) => Promise<void>) {
  let doneUntilMs = 0
  let fault: unknown
  const results = await Promise.allSettled(
    minutes.map(({ minuteMs, shards }) => Promise.all(slotsOfMinute(minuteMs, shards).map(work))),
  )
  for (const [i, { minuteMs }] of minutes.entries()) {
    const result = results[i]
    doneUntilMs = minuteMs + (result?.status === 'rejected' ? 0 : SLOT_MS)
    if (result?.status !== 'rejected') continue
    fault = result.reason
    break
  }
  return { doneUntilMs, fault }
}
