import { expect } from 'chai'
import { emptySettlement } from '../../../core/settlement.ts'
import { runnerInput, type Slot } from '../../../core/slot.ts'
import { CLOCK_SKEW_MS } from '../../../core/timetable.ts'
import { auditEndMs } from '../../../functions/loader/audit.ts'
import { sweepEndMs } from '../../../functions/loader/sweep.ts'
import { MINUTE_MS } from '../../support/builders.ts'
import { load, minute, parkAt, slotOfMinute } from '../../support/minutes.ts'
import { aWorld, type World } from '../../support/world.ts'

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
    const message = 'runner ended badly'
    const line = { level: 'warn', message, slot: slotOfMinute(0), reopened: true }
    expect(world.log.of(message)).to.deep.equal([line])
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

describe('a part of the loader’s minute that fails', () => {
  const failed = (world: World) => load(world).then(() => 'done', String)

  it('keeps no other from its work, and fails the loader in the end: sweep', async () => {
    const world = aWorld({ atMs: minute(10) })
    await parkAt(world, 0, 9)
    await world.table.saveWatermark({ sweptUntilMs: minute(9) - 30_400, auditedUntilMs: minute(0) })
    const minutesBetween: World['table']['minutesBetween'] = (fromMs, toMs) => {
      if (fromMs >= minute(8)) throw new Error('sick')
      return world.table.minutesBetween(fromMs, toMs)
    }
    expect(await failed({ ...world, table: { ...world.table, minutesBetween } })).to.equal('Error: sick')
    expect(world.runners.names()).to.deep.equal([slotOfMinute(0)])
    expect(world.metrics.published).to.deep.equal([{ OpenedSlots: 0, UnsettledSlots: 1, SweepLag: 90 }])
  })

  it('keeps no other from its work, and fails the loader in the end: what is known to be unsettled', async () => {
    const world = aWorld({ atMs: minute(10) })
    await parkAt(world, 0, 10)
    await world.table.saveWatermark({ sweptUntilMs: minute(10), auditedUntilMs: minute(0) })
    const unsettledSlots = () => {
      throw new Error('sick')
    }
    expect(await failed({ ...world, table: { ...world.table, unsettledSlots } })).to.equal('Error: sick')
    expect(world.runners.names()).to.have.members([slotOfMinute(0), slotOfMinute(10)])
    expect(world.metrics.published).to.deep.equal([{ OpenedSlots: 1, UnsettledSlots: 1, SweepLag: 0 }])
  })
})

describe('slots that are not settled', () => {
  it('are named, twenty of them, the oldest first, and counted', async () => {
    const world = aWorld({ atMs: minute(40) })
    await parkAt(world, ...Array.from({ length: 21 }, (_, i) => i))
    await world.table.saveWatermark({ sweptUntilMs: minute(40), auditedUntilMs: minute(0) })
    const minutesBetween: World['table']['minutesBetween'] = async function* (fromMs, toMs) {
      for await (const page of world.table.minutesBetween(fromMs, toMs)) yield page.reverse()
    }
    await load({ ...world, table: { ...world.table, minutesBetween } })
    const message = 'slots not settled'
    const slots = Array.from({ length: 20 }, (_, i) => slotOfMinute(i))
    expect(world.log.of(message)).to.deep.equal([{ level: 'warn', message, slots, all: 21 }])
  })

  it('are not spoken of where there are none', async () => {
    const world = aWorld({ atMs: minute(40) })
    await load(world)
    expect(world.log.of('slots not settled')).to.deep.equal([])
  })
})

describe('the loader after a clock was wrong', () => {
  const SAID = 'watermark ahead of the clock, set back: some clock was or is wrong'

  it('says what it has set back, when only one of the two is ahead, and by a millisecond', async () => {
    const atMs = minute(40)
    const [sweptUntilMs, auditedUntilMs] = [sweepEndMs(atMs + CLOCK_SKEW_MS), auditEndMs(atMs + CLOCK_SKEW_MS)]
    for (const [watermark, lines] of [
      [{ sweptUntilMs, auditedUntilMs }, 0],
      [{ sweptUntilMs: sweptUntilMs + 1, auditedUntilMs }, 1],
      [{ sweptUntilMs, auditedUntilMs: auditedUntilMs + 1 }, 1],
    ] as const) {
      const world = aWorld({ atMs })
      await world.table.saveWatermark(watermark)
      await load(world)
      const said = {
        level: 'warn',
        message: SAID,
        sweptUntil: new Date(watermark.sweptUntilMs).toISOString(),
        auditedUntil: new Date(watermark.auditedUntilMs).toISOString(),
      }
      expect(world.log.of(SAID)).to.deep.equal(lines === 0 ? [] : [said])
    }
  })

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
