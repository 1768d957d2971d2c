import { expect } from 'chai'
import { emptySettlement } from '../../core/settlement.ts'
import { runnerInput, settleAtMs, slotAt } from '../../core/slot.ts'
import { anEvent, MINUTE_MS } from '../support/builders.ts'
import { parkAll } from '../support/parking.ts'
import { aWorld, functionsOf, stepsOf } from '../support/world.ts'

const SLOT = slotAt(MINUTE_MS, 0)
const SETTLE_MS = settleAtMs(SLOT)

describe('opening a slot', () => {
  it('starts its runner, named after it', async () => {
    const world = aWorld()
    await stepsOf(world).openSlot(SLOT)
    expect(world.runners.all()).to.deep.equal([{ name: SLOT, input: runnerInput(SLOT), running: true }])
  })

  it('is done once, whoever does it and however often', async () => {
    const world = aWorld()
    const { openSlot } = stepsOf(world)
    await openSlot(SLOT)
    await openSlot(SLOT)
    await stepsOf(world).openSlot(SLOT)
    await functionsOf(world).loader({})
    expect(world.runners.names()).to.deep.equal([SLOT])
    expect((await world.table.runnerRecord(SLOT)).version).to.equal(0)
  })

  it('asks for its runner once per instance, and writes nothing while the first one runs', async () => {
    const world = aWorld()
    let [started, saved] = [0, 0]
    const start: typeof world.runners.start = (...args) => {
      started++
      return world.runners.start(...args)
    }
    const saveRun: typeof world.table.saveRun = (...args) => {
      saved++
      return world.table.saveRun(...args)
    }
    const { openSlot } = stepsOf({ ...world, runners: { ...world.runners, start }, table: { ...world.table, saveRun } })
    await openSlot(SLOT)
    await openSlot(SLOT)
    expect(started).to.equal(1)
    await world.clock.advance(SETTLE_MS - world.clock.now())
    await openSlot(SLOT)
    expect([started, saved]).to.deep.equal([2, 0])
  })

  it('is tried again after it failed', async () => {
    const world = aWorld()
    const { openSlot } = stepsOf(world)
    world.runners.failWith(new Error('throttled'))
    expect(await openSlot(SLOT).catch(({ message }: Error) => message)).to.equal('throttled')
    world.runners.failWith(undefined)
    await openSlot(SLOT)
    expect(world.runners.names()).to.deep.equal([SLOT])
  })

  it('starts the next runner when the last one has ended', async () => {
    const world = aWorld()
    await stepsOf(world).openSlot(SLOT)
    world.runners.end(SLOT)
    await stepsOf(world).openSlot(SLOT)
    expect(world.runners.names()).to.deep.equal([SLOT, `${SLOT}-2`])
    expect((await world.table.runnerRecord(SLOT)).runs).to.equal(2)
  })

  it('starts no other while one runs that is not the first', async () => {
    const world = aWorld()
    for (const name of [SLOT, `${SLOT}-2`]) {
      await stepsOf(world).openSlot(SLOT)
      world.runners.end(name)
    }
    await stepsOf(world).openSlot(SLOT)
    await stepsOf(world).openSlot(SLOT)
    expect(world.runners.names()).to.deep.equal([SLOT, `${SLOT}-2`, `${SLOT}-3`])
  })

  it('gives up after a hundred runners that have all ended', async () => {
    const world = aWorld()
    const names: string[] = []
    const start = async (name: string) => names.push(name) === 0
    const runners = { ...world.runners, start }
    const fault = await stepsOf({ ...world, runners })
      .openSlot(SLOT)
      .catch((error: unknown) => error)
    expect(fault).to.have.property('code', 'SLOT_NOT_OPENED')
    const sentence = `Runners 1 to 100 of slot ${SLOT} have all ended. Look at their executions.`
    expect(fault).to.have.property('message', sentence)
    expect(names.at(-1)).to.equal(`${SLOT}-100`)
  })

  it('does not take back that the slot is settled more than five seconds before that', async () => {
    const world = aWorld({ atMs: SETTLE_MS - 5_001 })
    await stepsOf(world).openSlot(SLOT)
    expect((await world.table.runnerRecord(SLOT)).version).to.equal(0)
  })

  it('takes back that the slot is settled five seconds before that and later, also while its runner runs', async () => {
    for (const atMs of [SETTLE_MS - 5_000, SETTLE_MS, SETTLE_MS + 3_600_000]) {
      const world = aWorld({ atMs })
      await world.runners.start(SLOT, runnerInput(SLOT))
      await world.table.settle(SLOT, 0, emptySettlement())
      await stepsOf(world).openSlot(SLOT)
      expect(await world.table.runnerRecord(SLOT))
        .to.include({ version: 1 })
        .and.not.have.property('settledAtMs')
      expect(world.runners.names()).to.deep.equal([SLOT])
    }
  })

  it('is known to the loader, whose tick comes before the slot is taken back, until it has settled again', async () => {
    const world = aWorld({ atMs: SETTLE_MS })
    await parkAll(world, [anEvent({ dueAtMs: MINUTE_MS })])
    await world.table.settle(SLOT, 0, emptySettlement())
    const unsettle: typeof world.table.unsettle = async (slot) => {
      await functionsOf(world).loader({})
      return world.table.unsettle(slot)
    }
    await stepsOf({ ...world, table: { ...world.table, unsettle } }).openSlot(SLOT)
    const known = (await Array.fromAsync(world.table.unsettledSlots())).flat()
    expect(known.map(({ slot }) => slot)).to.deep.equal([SLOT])
  })

  it('takes it back for who opened the slot in time and comes again late', async () => {
    const world = aWorld({ atMs: MINUTE_MS })
    const { openSlot } = stepsOf(world)
    await openSlot(SLOT)
    await world.clock.advance(SETTLE_MS - MINUTE_MS)
    await world.table.settle(SLOT, 0, emptySettlement())
    await openSlot(SLOT)
    expect(await world.table.runnerRecord(SLOT)).to.not.have.property('settledAtMs')
  })

  it('takes it back every time: each event may have been written after the last settling read', async () => {
    const world = aWorld({ atMs: SETTLE_MS })
    const { openSlot } = stepsOf(world)
    await openSlot(SLOT)
    await openSlot(SLOT)
    expect((await world.table.runnerRecord(SLOT)).version).to.equal(2)
  })
})
