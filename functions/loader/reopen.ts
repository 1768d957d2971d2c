import type { EventsTable } from '../../aws/events-table.ts'
import type { Runners } from '../../aws/runners.ts'
import type { Clock } from '../../core/clock.ts'
import { unlessUnreadable } from '../../core/errors.ts'
import type { RunnerRecord } from '../../core/runner-record.ts'
import type { Slot } from '../../core/slot.ts'
import { foundUnsettled, isRipe, openedAgain, type UnsettledSlot } from '../../core/unsettled-slot.ts'
import { reopen } from '../open-slot.ts'

export interface ReopenDeps {
  table: Pick<
    EventsTable,
    'holdsEvents' | 'runnerRecord' | 'saveRun' | 'unsettledSlots' | 'addUnsettled' | 'saveUnsettled' | 'removeUnsettled'
  >
  runners: Runners
  clock: Clock
}

/** Slots opened again side by side. */
const SLOTS_AT_ONCE = 10

/**
 * Opens a slot again that was found unsettled, if it holds events. One that is known already is left to its time: so a
 * slot whose runners keep failing is not started over and over. One whose record this version cannot read is only
 * remembered, for the version that can.
 * @returns whether it was not known
 */
export async function reopenFound(deps: ReopenDeps, slot: Slot): Promise<boolean> {
  const { table, clock } = deps
  const record = await table.runnerRecord(slot).catch(unlessUnreadable)
  if (record?.settledAtMs !== undefined || !(await table.holdsEvents(slot))) return false
  const found = foundUnsettled(slot, clock.now())
  if (!(await table.addUnsettled(found))) return false
  await openAgain(deps, found, record)
  return true
}

/**
 * Opens again the slots that are known to be unsettled and whose time it is, the longest waiting first, and forgets those
 * that have been settled.
 * @returns the slots that stay unsettled, and the first fault: it keeps no other slot from being looked at
 */
export async function reopenKnown(
  deps: ReopenDeps,
  deadlineMs: number,
): Promise<{ unsettled: Set<Slot>; fault?: unknown }> {
  const known: UnsettledSlot[] = []
  for await (const page of deps.table.unsettledSlots()) known.push(...page)
  const unsettled = new Set(known.map(({ slot }) => slot))
  const nowMs = deps.clock.now()
  const ripe = known.filter((one) => isRipe(one, nowMs)).sort((a, b) => a.againAtMs - b.againAtMs)
  const faults: unknown[] = []
  for (let i = 0; i < ripe.length && deps.clock.now() < deadlineMs; i += SLOTS_AT_ONCE) {
    const looks = ripe.slice(i, i + SLOTS_AT_ONCE).map(async (one) => {
      if (await isOver(deps, one)) unsettled.delete(one.slot)
    })
    for (const result of await Promise.allSettled(looks)) if (result.status === 'rejected') faults.push(result.reason)
  }
  return { unsettled, fault: faults[0] }
}

/** Looks at a slot of the set. @returns whether it is settled, or holds nothing; if not, it has been opened again */
async function isOver(deps: ReopenDeps, unsettled: UnsettledSlot): Promise<boolean> {
  const { table } = deps
  const { slot } = unsettled
  const record = await table.runnerRecord(slot).catch(unlessUnreadable)
  const over = record?.settledAtMs !== undefined || !(await table.holdsEvents(slot))
  if (over) await table.removeUnsettled(unsettled)
  else await openAgain(deps, unsettled, record)
  return over
}

/** Opens a slot of the set and puts it off, in this order: one that could not be opened is the next tick's. */
async function openAgain(
  { table, runners, clock }: ReopenDeps,
  unsettled: UnsettledSlot,
  record: RunnerRecord | undefined,
): Promise<void> {
  if (record) await reopen({ table, runners }, unsettled.slot, record.runs)
  await table.saveUnsettled(openedAgain(unsettled, clock.now()))
}
