import { expect } from 'chai'
import { runnerInput, type Slot, slotOf } from '../../../core/slot.ts'
import { anEvent, MINUTE_MS } from '../../support/builders.ts'
import { load, minute, parkAt, slotOfMinute } from '../../support/minutes.ts'
import { divide, parkAll } from '../../support/parking.ts'
import { aWorld, stepsOf, type World } from '../../support/world.ts'

describe('the sweep', () => {
  it('opens the slots of this minute and of the three to come that hold events', async () => {
    const world = aWorld({ atMs: MINUTE_MS + 5_000 })
    await parkAt(world, 0, 2, 3, 4)
    await load(world)
    expect(world.runners.names()).to.deep.equal([slotOfMinute(0), slotOfMinute(2), slotOfMinute(3)])
    expect(world.runners.all()[0]?.input).to.equal(runnerInput(slotOfMinute(0)))
  })

  it('opens a slot at the latest three minutes before it begins, whatever second it runs at', async () => {
    for (const second of [0, 1, 30, 59, 59.999]) {
      const world = aWorld({ atMs: MINUTE_MS + second * 1_000 })
      await parkAt(world, 3)
      await load(world)
      expect(world.runners.names(), `at second ${second}`).to.deep.equal([slotOfMinute(3)])
    }
  })

  it('begins where the last one ended', async () => {
    const world = aWorld({ atMs: MINUTE_MS + 5_000 })
    await load(world)
    expect(await world.table.watermark()).to.include({ sweptUntilMs: minute(4) })
    await parkAt(world, 3, 4)
    await world.clock.advance(60_000)
    await load(world)
    expect(world.runners.names()).to.deep.equal([slotOfMinute(4)])
  })

  it('opens every slot of an hour in which the loader was asleep', async () => {
    const world = aWorld({ atMs: MINUTE_MS })
    await load(world)
    await parkAt(world, ...Array.from({ length: 60 }, (_, i) => 4 + i))
    await world.clock.advance(3_600_000)
    await load(world)
    expect(world.runners.names()).to.deep.equal(Array.from({ length: 60 }, (_, i) => slotOfMinute(4 + i)))
    expect(await world.table.watermark()).to.include({ sweptUntilMs: minute(64) })
  })

  it('begins, however late its first one is, where the first event was parked', async () => {
    const world = aWorld({ atMs: MINUTE_MS })
    await divide(world, [anEvent({ dueAtMs: minute(30) })])
    await stepsOf(world).schedule([anEvent({ dueAtMs: minute(30) })])
    await world.clock.advance(7_200_000)
    await load(world)
    expect(world.runners.names()).to.deep.equal([slotOfMinute(30)])
  })

  it('asks for no slot of a minute in which nothing was ever parked', async () => {
    let asked = 0
    const world = aWorld({ atMs: MINUTE_MS, shards: 4 })
    const holdsEvents = (one: Slot) => {
      asked++
      return world.table.holdsEvents(one)
    }
    await load(world)
    await world.clock.advance(60_000)
    await load({ ...world, table: { ...world.table, holdsEvents } })
    expect([asked, world.runners.names()]).to.deep.equal([0, []])
  })

  it('costs the same however much is parked', async () => {
    const calls = async (events: number) => {
      const world = aWorld({ atMs: MINUTE_MS })
      await parkAll(
        world,
        Array.from({ length: events }, (_, i) => anEvent({ dueAtMs: minute(1_000) + i * 977 })),
      )
      let asked = 0
      const holdsEvents = async () => ++asked < 0
      await load({ ...world, table: { ...world.table, holdsEvents } })
      return asked
    }
    expect(await calls(5_000)).to.equal(await calls(1))
  })

  it('opens the slots of all shards', async () => {
    const world = aWorld({ atMs: MINUTE_MS, shards: 8 })
    const events = Array.from({ length: 100 }, () => anEvent({ shards: 8 }))
    await parkAll(world, events)
    await load(world)
    expect(world.runners.names()).to.have.members([...new Set(events.map((event) => event.slot))])
    expect(world.runners.names().length).to.equal(8)
  })

  it('opens the slots of shards that were given up: they hold events', async () => {
    const world = aWorld({ atMs: MINUTE_MS, shards: 8 })
    await load(world)
    const id = Array.from({ length: 100 }, (_, i) => `e${i}`).find((one) => slotOf(0, one, 8).endsWith('-07')) ?? ''
    const event = anEvent({ id, shards: 8, dueAtMs: minute(10) })
    await parkAll(world, [event])
    await world.clock.advance(600_000)
    await load({ ...world, shards: 1 })
    await load({ ...world, shards: 1 })
    expect(world.runners.names()).to.deep.equal([event.slot])
  })

  it('does not move its watermark past a minute it could not open, and goes on from there', async () => {
    const world = aWorld({ atMs: MINUTE_MS })
    await load(world)
    await parkAt(world, ...Array.from({ length: 30 }, (_, i) => 4 + i))
    await world.clock.advance(1_800_000)
    const start: World['runners']['start'] = async (name, input) => {
      if (name === slotOfMinute(17)) throw new Error('throttled')
      return world.runners.start(name, input)
    }
    const fault = await load({ ...world, runners: { ...world.runners, start } }).catch(({ message }: Error) => message)
    expect(fault).to.equal('throttled')
    expect(await world.table.watermark()).to.include({ sweptUntilMs: minute(17) })
    await load(world)
    expect(world.runners.names()).to.have.members(Array.from({ length: 30 }, (_, i) => slotOfMinute(4 + i)))
  })

  it('does not move its watermark when the table cannot be read', async () => {
    const world = aWorld({ atMs: MINUTE_MS })
    await load(world)
    await parkAt(world, 4)
    await world.clock.advance(600_000)
    const holdsEvents = () => Promise.reject(new Error('down'))
    const fault = await load({ ...world, table: { ...world.table, holdsEvents } }).catch(
      ({ message }: Error) => message,
    )
    expect(fault).to.equal('down')
    expect(await world.table.watermark()).to.include({ sweptUntilMs: minute(4) })
  })

  it('is repeated whole when its watermark could not be saved', async () => {
    const world = aWorld({ atMs: MINUTE_MS })
    await parkAt(world, 1)
    const saveWatermark = () => Promise.reject(new Error('down'))
    await load({ ...world, table: { ...world.table, saveWatermark } }).catch(() => {})
    await load(world)
    expect(world.runners.names()).to.deep.equal([slotOfMinute(1)])
  })

  it('goes on when the clock was set back', async () => {
    const world = aWorld({ atMs: MINUTE_MS })
    await load(world)
    world.clock.shift(-3_600_000)
    await parkAt(world, 2)
    await load(world)
    await world.clock.advance(3_600_000)
    await parkAt(world, 4)
    await world.clock.advance(60_000)
    await load(world)
    expect(world.runners.names()).to.include(slotOfMinute(4))
  })

  it('says how many slots it opened, how many are not settled, and how far behind it is', async () => {
    const world = aWorld({ atMs: MINUTE_MS })
    await load(world)
    await parkAt(world, 4, 5)
    await world.clock.advance(600_000)
    await load(world)
    expect(world.metrics.published.at(-1)).to.deep.equal({ OpenedSlots: 2, UnsettledSlots: 2, SweepLag: 0 })
    await parkAt(world, 15)
    await world.clock.advance(600_000)
    const holdsEvents = () => Promise.reject(new Error('down'))
    await load({ ...world, table: { ...world.table, holdsEvents } }).catch(() => {})
    expect(world.metrics.published.at(-1)).to.include({ OpenedSlots: 0, SweepLag: 1_200 - 15 * 60 })
  })
})
