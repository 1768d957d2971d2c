import { expect } from 'chai'
import { eventKey, type ScheduledEvent } from '../../../core/event.ts'
import type { Outcome } from '../../../core/outcome.ts'
import { settleAtMs, slotAt } from '../../../core/slot.ts'
import { CLAIM_MS, SETTLE_AGAIN_MS } from '../../../core/timetable.ts'
import { delivering } from '../../../functions/delivery/delivering.ts'
import { overdueDelivery } from '../../../functions/settler/deliver-overdue.ts'
import { deliverUnaccounted } from '../../../functions/settler/deliver-unaccounted.ts'
import { accountOf } from '../../../status/slot-account.ts'
import { due, MINUTE_MS, topicArn } from '../../support/builders.ts'
import { aWorldWith, type World } from '../../support/world.ts'

const SLOT = slotAt(MINUTE_MS, 0)
const NOW_MS = settleAtMs(SLOT)

/** Has the settler see to events of which these outcomes are known. @returns when to look again, and what was counted */
async function deliver(world: World, events: readonly ScheduledEvent[], outcomes: readonly Outcome[] = []) {
  const deps = delivering(world)
  const account = accountOf(world.table, SLOT)
  const page = events.map(({ payload, ...event }) => ({
    event: { ...event, size: payload.length },
    outcome: outcomes.find(({ key }) => key === event.key),
  }))
  const againAtMs = await world.clock.run(
    deliverUnaccounted(deps, page, { account, overdue: overdueDelivery(deps, SLOT) }),
  )
  return { againAtMs, settlement: await account.settlement() }
}
const ids = (world: World) => world.topics.received(topicArn()).map(({ id }) => id)

describe('delivering what is unaccounted for', () => {
  it('publishes what is overdue, and leaves nothing open', async () => {
    const events = [due(0), due(1)]
    const world = await aWorldWith(events, NOW_MS)
    const { againAtMs, settlement } = await deliver(world, events)
    expect(againAtMs).to.equal(0)
    expect(settlement).to.include({ delivered: 2, deliveredBySettler: 2 })
    expect(ids(world)).to.have.members(events.map(({ id }) => id))
  })

  it('leaves what somebody else has claimed until the claim lapses, and no longer', async () => {
    const event = due(0)
    const claim: Outcome = { slot: SLOT, key: event.key, kind: 'claimed', by: 'somebody', atMs: NOW_MS - CLAIM_MS + 1 }
    const world = await aWorldWith([event], NOW_MS)
    expect(await deliver(world, [event], [claim])).to.have.property('againAtMs', NOW_MS + 1)
    expect(ids(world)).to.deep.equal([])
    expect(await deliver(world, [event], [{ ...claim, atMs: NOW_MS - CLAIM_MS }])).to.have.property('againAtMs', 0)
    expect(ids(world)).to.deep.equal([event.id])
  })

  it('looks again soon at what somebody claims meanwhile', async () => {
    const event = due(0)
    const world = await aWorldWith([event], NOW_MS)
    const table = { ...world.table, claim: async () => false }
    expect(await deliver({ ...world, table }, [event])).to.have.property('againAtMs', NOW_MS + SETTLE_AGAIN_MS)
  })

  it('parks the next attempt that is not there', async () => {
    const event = due(0)
    const next = { slot: slotAt(NOW_MS + 60_000, 0), key: eventKey(NOW_MS + 60_000, event.id, 2) }
    const world = await aWorldWith([event], NOW_MS)
    let reads = 0
    const checkpoints: World['table']['checkpoints'] = (...args) => {
      reads++
      return world.table.checkpoints(...args)
    }
    const { againAtMs, settlement } = await deliver(
      { ...world, table: { ...world.table, checkpoints } },
      [event],
      [{ slot: SLOT, key: event.key, kind: 'retrying', atMs: 1, next }],
    )
    expect(againAtMs).to.equal(0)
    expect(settlement).to.include({ retrying: 1, delivered: 0 })
    expect(await world.table.find([next])).to.have.length(1)
    // Those of the account: nothing is overdue.
    expect(reads).to.equal(2)
    const message = 'next attempt parked by the settler'
    expect(world.log.of(message)).to.deep.equal([{ level: 'warn', message, slot: SLOT, id: event.id }])
  })

  it('has an event go on that was asked for again while it ended, and counts what holds then', async () => {
    const event = due(0)
    const world = await aWorldWith([event], NOW_MS)
    const failed: Outcome = { slot: SLOT, key: event.key, kind: 'failed', atMs: NOW_MS - 20_000 }
    await world.table.conclude(failed)
    await world.table.askAgain(event, { messageId: 'again', atMs: NOW_MS - 19_000 })
    const { againAtMs, settlement } = await deliver(world, [event], [failed])
    expect([againAtMs, settlement.retrying, settlement.failed]).to.deep.equal([0, 1, 0])
    expect(ids(world)).to.deep.equal([])
    const [outcome] = world.table.outcomesIn(SLOT)
    expect(await world.table.find(outcome?.next ? [outcome.next] : [])).to.have.length(1)
    const message = 'asked for again while it ended: goes on by the settler'
    expect(world.log.of(message)).to.deep.equal([{ level: 'warn', message, slot: SLOT, id: event.id }])
    // Somebody else has had it go on meanwhile: what that one wrote is counted, and nothing is parked again.
    const again = await deliver(world, [event], [failed])
    expect([again.againAtMs, again.settlement.retrying]).to.deep.equal([0, 1])
    expect(world.table.outcomesIn(SLOT)).to.deep.equal([outcome])
  })

  it('looks again in a minute at an event that cannot be read whole, and names it', async () => {
    const [gone, other] = [due(0), due(1)]
    const world = await aWorldWith([other], NOW_MS)
    expect(await deliver(world, [gone, other])).to.have.property('againAtMs', NOW_MS + CLAIM_MS)
    expect(ids(world)).to.deep.equal([other.id])
    const message = 'payload missing: the event cannot be delivered'
    const { slot, key, id, date } = gone
    expect(world.log.of(message)).to.deep.equal([{ level: 'warn', message, slot, key, id, due: date }])
  })

  it('reads a few MB of payloads at a time', async () => {
    const events = Array.from({ length: 40 }, (_, i) => due(i, { payload: 'x'.repeat(250_000) }))
    const world = await aWorldWith(events, NOW_MS)
    const asked: number[] = []
    const find: World['table']['find'] = (refs) => {
      asked.push(refs.length)
      return world.table.find(refs)
    }
    await deliver({ ...world, table: { ...world.table, find } }, events)
    expect(asked).to.deep.equal([16, 16, 8])
    expect(ids(world)).to.have.length(40)
  })
})
