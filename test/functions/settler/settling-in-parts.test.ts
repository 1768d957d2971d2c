import { expect } from 'chai'
import type { ScheduledEvent } from '../../../core/event.ts'
import { settleAtMs, slotAt } from '../../../core/slot.ts'
import { CLAIM_MS, TIMEOUT_SECONDS } from '../../../core/timetable.ts'
import type { SettleResult } from '../../../functions/settler/settle-slot.ts'
import { dyingAt } from '../../support/breaking.ts'
import { due, MINUTE_MS, topicArn } from '../../support/builders.ts'
import { slowed } from '../../support/slow-table.ts'
import { aWorldWith, stepsOf, type World } from '../../support/world.ts'

const SLOT = slotAt(MINUTE_MS, 0)
const SETTLE_MS = settleAtMs(SLOT)
/** So that some 230 events fill a page of 1 MB. */
const PAYLOAD = 'x'.repeat(4_000)
/** A request takes so long that an invocation gets through two pages or so. */
const SLOW_MS = 8_000

const ids = (world: World) => world.topics.received(topicArn()).map(({ id }) => id)
const events = (count: number) =>
  Array.from({ length: count }, (_, i) => due(i * 10, { id: `e-${i}`, payload: PAYLOAD }))

/** A world in which a slot is to be settled, all of whose events but one in `every` were delivered in time. */
async function toSettle(count: number, every = 100): Promise<{ world: World; missed: string[] }> {
  const all = events(count)
  const isMissed = (_: ScheduledEvent, i: number) => i % every === 7 % every
  const world = await aWorldWith(all, SETTLE_MS)
  const delivered = all.filter((event, i) => !isMissed(event, i)).map(({ key }) => key)
  await world.table.checkpoint(SLOT, 0, { delivered, upTo: '', lateMs: delivered.map(() => 3) })
  return { world, missed: all.filter(isMissed).map(({ id }) => id) }
}

/** Invokes the settler until the slot is settled. @returns each answer, and how long it took, ms */
async function untilSettled(world: World): Promise<(SettleResult & { tookMs: number })[]> {
  const answers: (SettleResult & { tookMs: number })[] = []
  while (answers.length < 50 && !answers.at(-1)?.settled) {
    const atMs = world.clock.now()
    const answer = await world.clock.run(stepsOf(world).settleSlot(SLOT))
    answers.push({ ...answer, tookMs: world.clock.now() - atMs })
    if (!answer.settled) await world.clock.advanceTo(answer.againAtMs)
  }
  return answers
}

describe('settling a slot that one invocation cannot', () => {
  it('goes on where it was cut off, and counts every event once', async () => {
    const { world, missed } = await toSettle(2_000)
    const slow = slowed(world, SLOW_MS)
    const answers = await untilSettled(slow)
    expect(answers.length).to.be.within(2, 10)
    expect(answers.at(-1)).to.have.property('settled', true)
    expect((await world.table.runnerRecord(SLOT)).settlement).to.deep.include({
      events: 2_000,
      delivered: 2_000,
      deliveredBySettler: missed.length,
    })
    expect((await world.table.runnerRecord(SLOT)).settlement?.latenessMs).to.include({ p50: 3 })
    expect(ids(world).sort()).to.deep.equal(missed.sort())
    // Nine pages, and the end of a window is looked for again.
    expect(slow.requests.get('Query event')).to.be.within(9, 20)
  })

  it('ends each time well before it would be timed out', async () => {
    for (const every of [100, 1, Number.POSITIVE_INFINITY]) {
      const { world } = await toSettle(2_000, every)
      const took = (await untilSettled(slowed(world, SLOW_MS))).map(({ tookMs }) => tookMs)
      expect(Math.max(...took), `one in ${every} missing`).to.be.below((TIMEOUT_SECONDS.settler - 60) * 1_000)
      expect(took.length).to.be.above(1)
    }
  })

  it('forgets how far it came once it is settled', async () => {
    const { world } = await toSettle(1_000)
    await untilSettled(slowed(world, SLOW_MS))
    expect(await world.table.runnerRecord(SLOT)).to.not.have.property('settling')
  })

  it('begins anew when an event is parked where it has been already, and delivers it', async () => {
    const { world, missed } = await toSettle(1_500)
    const slow = slowed(world, SLOW_MS)
    const isHalfWay = async () => (await world.table.runnerRecord(SLOT)).settling !== undefined
    while (!(await isHalfWay())) await world.clock.run(stepsOf(slow).settleSlot(SLOT))
    const late = due(0, { id: 'late' })
    await world.table.park([late])
    await world.table.unsettle(SLOT)
    await untilSettled(slow)
    expect((await world.table.runnerRecord(SLOT)).settlement).to.include({ events: 1_501, delivered: 1_501 })
    expect(ids(world).sort()).to.deep.equal([...missed, late.id].sort())
  })

  it('delivers what is missing everywhere, though somebody has claimed an event at its start', async () => {
    const { world, missed } = await toSettle(1_500)
    const [first] = events(8).slice(7) as [ScheduledEvent]
    const atMs = SETTLE_MS + 1_000_000
    await world.table.conclude({ slot: SLOT, key: first.key, kind: 'claimed', by: 'somebody else', atMs })
    const slow = slowed(world, SLOW_MS)
    const isThrough = (answer: SettleResult) => answer.settled || answer.againAtMs !== world.clock.now()
    while (!isThrough(await world.clock.run(stepsOf(slow).settleSlot(SLOT))));
    expect(ids(world)).to.include.members(missed.slice(1))
    expect((await world.table.runnerRecord(SLOT)).settling).to.include({ position: '', againAtMs: 0 })
    await world.clock.advanceTo(atMs + CLAIM_MS)
    await untilSettled(slow)
    expect((await world.table.runnerRecord(SLOT)).settlement).to.include({ events: 1_500, delivered: 1_500 })
    expect(ids(world).sort()).to.deep.equal(missed.sort())
  })

  it('loses nothing and counts right when it was killed at any call', async () => {
    for (let at = 1, done = false; !done; at++) {
      const { world, missed } = await toSettle(700)
      const slow = slowed(world, SLOW_MS)
      const mortal = dyingAt(slow, at)
      const end = await world.clock.run(
        Promise.race([stepsOf(mortal).settleSlot(SLOT), mortal.died.then(() => 'died' as const)]),
      )
      done = end !== 'died'
      await world.clock.advance(CLAIM_MS)
      expect((await untilSettled(slow)).at(-1), `killed at call ${at}`).to.have.property('settled', true)
      const { settlement } = await world.table.runnerRecord(SLOT)
      expect(settlement, `killed at call ${at}`).to.include({ events: 700, delivered: 700 })
      expect([...new Set(ids(world))].sort(), `killed at call ${at}`).to.deep.equal(missed.sort())
    }
  })
})
