import type { CheckpointWriter } from '../core/checkpoint.ts'
import { FIRST_KEY, LAST_KEY, type ScheduledEvent } from '../core/event.ts'
import { addAllLateness, type Lateness, summarize } from '../core/lateness.ts'
import { CLAIM_MS, isClaimed, type Outcome } from '../core/outcome.ts'
import { type Segment, segmentsOf } from '../core/segment.ts'
import { emptySettlement, type Settlement } from '../core/settlement.ts'
import { type Slot, settleAtMs } from '../core/slot.ts'
import type { EventsTable } from '../gateway/events-table.ts'
import { type Session, type SessionDeps, startSession } from './session.ts'

/** How soon settling is tried again when an event was parked meanwhile, ms. */
const AGAIN_MS = 2_000

export type SettleDeps = SessionDeps & {
  table: SessionDeps['table'] &
    Pick<EventsTable, 'runnerRecord' | 'settle' | 'checkpoints' | 'eventsBetween' | 'outcomesBetween' | 'claim'>
}

export type SettleResult = { settled: true; settlement: Settlement } | { settled: false; againAtMs: number }

/** What a settling has found so far. */
interface Account {
  settlement: Settlement
  lateness: Lateness
  /** When the last claim of somebody else lapses, epoch ms; 0 if there is none. */
  claimedUntilMs: number
}

/**
 * The proof that every event of a slot was emitted or has an outcome. What was not is emitted now, late. The slot is
 * settled only if nothing was parked in it meanwhile.
 */
export function settleSlotWith(deps: SettleDeps) {
  return async (slot: Slot): Promise<SettleResult> => {
    const { clock, table } = deps
    if (clock.now() < settleAtMs(slot)) return { settled: false, againAtMs: settleAtMs(slot) }
    const { segments = segmentsOf(slot, []), version } = await table.runnerRecord(slot)
    const account: Account = { settlement: emptySettlement(), lateness: {}, claimedUntilMs: 0 }
    const shared = new Set<string>()
    await readCheckpoints(deps, slot, 'now', shared, account.lateness)
    await readCheckpoints(deps, slot, 'settle', shared, {})
    for (const segment of segments) await settleSegment(deps, { slot, segment, shared, account })
    const bySettlers = new Set<string>()
    await readCheckpoints(deps, slot, 'settle', bySettlers, account.lateness)
    account.settlement.deliveredBySettler = bySettlers.size
    if (account.claimedUntilMs > 0) return { settled: false, againAtMs: account.claimedUntilMs }
    const settlement = { ...account.settlement, latenessMs: summarize(account.lateness) }
    const settled = await table.settle(slot, version, settlement)
    return settled ? { settled, settlement } : { settled, againAtMs: clock.now() + AGAIN_MS }
  }
}

interface SegmentAccount {
  slot: Slot
  segment: Segment
  /** Keys delivered by the express lane and by settlers. */
  shared: ReadonlySet<string>
  account: Account
}

async function settleSegment(deps: SettleDeps, { slot, segment, shared, account }: SegmentAccount) {
  const delivered = new Set<string>()
  await readCheckpoints(deps, slot, segment.index, delivered, account.lateness)
  const by = `settle-${slot}-${deps.random().toString(36).slice(2)}`
  for await (const page of deps.table.eventsBetween(slot, segment.from, segment.to)) {
    const outcomes = await outcomesOfPage(deps, slot, page)
    const open = page.filter(({ key }) => !count(account, outcomes.get(key), delivered.has(key) || shared.has(key)))
    const claimed = open.filter(({ key }) => isClaimed(outcomes.get(key), deps.clock.now()))
    for (const { key } of claimed)
      account.claimedUntilMs = Math.max(account.claimedUntilMs, (outcomes.get(key)?.atMs ?? 0) + CLAIM_MS)
    const overdue = open.filter((event) => !claimed.includes(event))
    if (overdue.length > 0) await deliverOverdue(deps, overdue, by, account)
  }
}

/** Counts an event that is done with. @returns whether it is */
function count({ settlement }: Account, outcome: Outcome | undefined, delivered: boolean): boolean {
  settlement.events++
  if (delivered) settlement.delivered++
  else if (outcome && outcome.kind !== 'claimed') settlement[outcome.kind]++
  else return false
  return true
}

/** Emits events that nobody has emitted, and counts what becomes of them. */
async function deliverOverdue(deps: SettleDeps, events: readonly ScheduledEvent[], by: string, account: Account) {
  deps.log.warn('overdue events delivered by the settler', {
    slot: events[0]?.slot,
    count: events.length,
    first: events[0]?.id,
  })
  const session = startSession(deps, 'settle')
  try {
    await Promise.all(events.map((event) => claimAndHold(deps, session, event, by, account)))
  } finally {
    await session.finish()
  }
  const { settlement } = account
  const { tally } = session
  settlement.delivered += tally.delivered
  settlement.failed += tally.failed
  settlement.expired += tally.expired
  settlement.retrying += tally.retrying
}

async function claimAndHold(
  { table, clock }: SettleDeps,
  { delivery }: Session,
  event: ScheduledEvent,
  by: string,
  account: Account,
) {
  if (await table.claim(event, by)) delivery.hold([event])
  // Somebody else was faster: what becomes of it is seen the next time.
  else account.claimedUntilMs = Math.max(account.claimedUntilMs, clock.now() + AGAIN_MS)
}

/** Adds the keys a writer has published to `keys`, and how late they were to `lateness`. */
async function readCheckpoints(
  { table }: SettleDeps,
  slot: Slot,
  writer: CheckpointWriter,
  keys: Set<string>,
  lateness: Lateness,
) {
  for await (const page of table.checkpoints(slot, writer))
    for (const checkpoint of page) {
      for (const key of checkpoint.delivered) keys.add(key)
      addAllLateness(lateness, checkpoint.lateness)
    }
}

async function outcomesOfPage(
  { table }: SettleDeps,
  slot: Slot,
  page: readonly ScheduledEvent[],
): Promise<Map<string, Outcome>> {
  const outcomes = new Map<string, Outcome>()
  const [from, to] = [page.at(0)?.key ?? FIRST_KEY, page.at(-1)?.key ?? LAST_KEY]
  for await (const found of table.outcomesBetween(slot, from, to))
    for (const outcome of found) outcomes.set(outcome.key, outcome)
  return outcomes
}
