import { expect } from 'chai'
import { emptySettlement } from '../../../core/settlement.ts'
import { runnerInput, type Slot } from '../../../core/slot.ts'
import { MINUTE_MS } from '../../support/builders.ts'
import { load, minute, parkAt, slotOfMinute } from '../../support/minutes.ts'
import { aWorld } from '../../support/world.ts'

describe('the word that a runner ended badly', () => {
  const ended = (one: Slot, status = 'FAILED') => ({
    source: 'aws.states',
    detail: { name: one, status, input: runnerInput(one), stateMachineArn: 'arn' },
  })

  it('has its slot opened again at once, and nothing else done', async () => {
    const world = aWorld({ atMs: MINUTE_MS + 70_000 })
    await parkAt(world, 0, 1)
    await world.runners.start(slotOfMinute(0), runnerInput(slotOfMinute(0)))
    world.runners.end(slotOfMinute(0))
    await load(world, ended(slotOfMinute(0)))
    expect(world.runners.names()).to.deep.equal([slotOfMinute(0), `${slotOfMinute(0)}-2`])
    expect(await world.table.watermark()).to.equal(undefined)
  })

  it('does nothing when the slot is settled', async () => {
    const world = aWorld({ atMs: MINUTE_MS + 70_000 })
    await parkAt(world, 0)
    await world.table.settle(slotOfMinute(0), 0, emptySettlement())
    await load(world, ended(slotOfMinute(0)))
    expect(world.runners.names()).to.deep.equal([])
  })

  for (const [what, input] of [
    ['no JSON', 'nonsense'],
    ['no slot', '{}'],
  ] as const)
    it(`is taken for the minute when the execution’s input was ${what}`, async () => {
      const world = aWorld({ atMs: MINUTE_MS })
      await parkAt(world, 1)
      await load(world, { detail: { input, status: 'FAILED' } })
      expect(world.runners.names()).to.deep.equal([slotOfMinute(1)])
    })
})

describe('the loader after a clock was wrong', () => {
  const HOUR_MS = 3_600_000

  it('opens what was parked while its clock was two hours ahead for a moment', async () => {
    const world = aWorld({ atMs: MINUTE_MS })
    await load(world)
    world.clock.shift(2 * HOUR_MS)
    await load(world)
    world.clock.shift(-2 * HOUR_MS)
    await parkAt(world, 5, 30)
    for (let n = 1; n <= 31; n++) {
      await world.clock.advanceTo(minute(n))
      await load(world)
    }
    expect(world.runners.names()).to.deep.equal([slotOfMinute(5), slotOfMinute(30)])
    expect(world.log.of('watermark ahead of the clock, set back: some clock was or is wrong')).to.have.length(1)
  })

  it('still audits the minutes that its clock had left behind', async () => {
    const world = aWorld({ atMs: MINUTE_MS })
    await parkAt(world, 3)
    await load(world)
    world.clock.shift(2 * HOUR_MS)
    await load(world)
    world.clock.shift(-2 * HOUR_MS)
    for (const name of world.runners.names()) world.runners.end(name)
    for (let n = 1; n <= 8; n++) {
      await world.clock.advanceTo(minute(n))
      await load(world)
    }
    expect(world.runners.names().at(-1)).to.match(/^2026-11-23T12-37Z-00-\d$/)
  })

  it('takes a watermark for right that a clock two seconds ahead has left', async () => {
    const world = aWorld({ atMs: MINUTE_MS + 59_000 })
    world.clock.shift(2_000)
    await load(world)
    world.clock.shift(-2_000)
    const before = await world.table.watermark()
    await load(world)
    expect(await world.table.watermark()).to.deep.equal(before)
  })
})

describe('the loader after an outage', () => {
  it('of two weeks saves how far it has come, and goes on there', async () => {
    const world = aWorld({ atMs: MINUTE_MS })
    await load(world)
    await parkAt(world, ...Array.from({ length: 200 }, (_, i) => 4 + i))
    await world.clock.advance(14 * 24 * 3_600_000)
    // So slow that only some of it can be done at once.
    const holdsEvents = async (slot: Slot) => {
      await world.clock.sleep(10_000)
      return world.table.holdsEvents(slot)
    }
    const slow = { ...world, table: { ...world.table, holdsEvents } }
    let opened = 0
    for (let run = 1; run <= 6; run++) {
      const startMs = world.clock.now()
      await load(slow)
      expect(world.clock.now() - startMs).to.be.at.most(55_000)
      expect(world.runners.names().length, `run ${run}`).to.be.above(opened)
      opened = world.runners.names().length
      await world.clock.advance(60_000)
    }
    expect(opened).to.equal(200)
  })
})
