import { expect } from 'chai'
import { SchedulerError } from '../../../core/errors.ts'
import { emptySettlement } from '../../../core/settlement.ts'
import type { Slot } from '../../../core/slot.ts'
import { reopenFound, reopenKnown } from '../../../functions/loader/reopen.ts'
import { MINUTE_MS } from '../../support/builders.ts'
import { minute, parkAt, slotOfMinute } from '../../support/minutes.ts'
import { aWorld, type World } from '../../support/world.ts'

const known = async (world: World) => (await Array.fromAsync(world.table.unsettledSlots())).flat()

describe('a slot that was found unsettled', () => {
  const aWorldAfter = async (...minutes: number[]) => {
    const world = aWorld({ atMs: minute(60) })
    await parkAt(world, ...minutes)
    return world
  }

  it('is opened again, and remembered with when it is to be looked at next', async () => {
    const world = await aWorldAfter(0)
    expect(await reopenFound(world, slotOfMinute(0))).to.equal(true)
    expect(world.runners.names()).to.deep.equal([slotOfMinute(0)])
    expect(await known(world)).to.deep.equal([
      { slot: slotOfMinute(0), sinceMs: minute(60), tries: 1, againAtMs: minute(61) },
    ])
  })

  it('is left to its time when its runner ends badly at once, over and over', async () => {
    const world = await aWorldAfter(0)
    for (let i = 0; i < 100; i++) {
      await reopenFound(world, slotOfMinute(0))
      world.runners.end(world.runners.names().at(-1) ?? '')
    }
    expect(world.runners.names()).to.have.length(1)
  })

  it('is told of once: the second time it is known', async () => {
    const world = await aWorldAfter(0)
    expect(await reopenFound(world, slotOfMinute(0))).to.equal(true)
    expect(await reopenFound(world, slotOfMinute(0))).to.equal(false)
  })

  it('is remembered though it could not be opened', async () => {
    const world = await aWorldAfter(0)
    world.runners.failWith(new Error('throttled'))
    await reopenFound(world, slotOfMinute(0)).catch(() => {})
    expect(await known(world)).to.have.length(1)
  })

  it('is opened by the next tick, however soon that comes, when it could not be opened', async () => {
    const world = await aWorldAfter(0)
    world.runners.failWith(new Error('throttled'))
    await reopenFound(world, slotOfMinute(0)).catch(() => {})
    world.runners.failWith(undefined)
    await reopenKnown(world, Number.POSITIVE_INFINITY)
    expect(world.runners.names()).to.deep.equal([slotOfMinute(0)])
  })

  it('is none when it is settled, or holds nothing', async () => {
    const world = await aWorldAfter(0)
    await world.table.settle(slotOfMinute(0), 0, emptySettlement())
    expect(await reopenFound(world, slotOfMinute(0))).to.equal(false)
    expect(await reopenFound(world, slotOfMinute(1))).to.equal(false)
    expect(await known(world)).to.deep.equal([])
  })
})

describe('slots that are known to be unsettled', () => {
  const aWorldThatKnows = async (...minutes: number[]) => {
    const world = aWorld({ atMs: MINUTE_MS })
    await parkAt(world, ...minutes)
    for (const n of minutes) await reopenFound(world, slotOfMinute(n))
    for (const name of world.runners.names()) world.runners.end(name)
    await world.clock.advance(60_000)
    return world
  }

  it('are opened again when their time has come, each with a longer one to come', async () => {
    const world = await aWorldThatKnows(-5, -4)
    const { unsettled } = await reopenKnown(world, Number.POSITIVE_INFINITY)
    expect([...unsettled].sort()).to.deep.equal([slotOfMinute(-5), slotOfMinute(-4)])
    expect(world.runners.names()).to.include(`${slotOfMinute(-5)}-2`)
    const [next] = await Array.fromAsync(world.table.unsettledSlots())
    expect(next?.map(({ againAtMs }) => againAtMs - world.clock.now())).to.deep.equal([120_000, 120_000])
  })

  it('are opened by the next tick, however often before, when they could not be opened', async () => {
    const world = await aWorldThatKnows(-5)
    for (let tick = 0; tick < 5; tick++) {
      world.runners.failWith(new Error('throttled'))
      await reopenKnown(world, Number.POSITIVE_INFINITY)
    }
    world.runners.failWith(undefined)
    await reopenKnown(world, Number.POSITIVE_INFINITY)
    expect(world.runners.names()).to.deep.equal([slotOfMinute(-5), `${slotOfMinute(-5)}-2`])
    expect((await known(world))[0]).to.deep.include({ tries: 2, againAtMs: world.clock.now() + 120_000 })
  })

  it('are forgotten when they are settled', async () => {
    const world = await aWorldThatKnows(-5, -4)
    await world.table.settle(slotOfMinute(-5), 0, emptySettlement())
    const { unsettled } = await reopenKnown(world, Number.POSITIVE_INFINITY)
    expect([...unsettled]).to.deep.equal([slotOfMinute(-4)])
    expect((await Array.fromAsync(world.table.unsettledSlots())).flat().map(({ slot }) => slot)).to.deep.equal([
      slotOfMinute(-4),
    ])
  })

  it('do not keep each other from being looked at', async () => {
    for (const [sick, healthy] of [
      [-5, -4],
      [-4, -5],
    ] as const) {
      const world = await aWorldThatKnows(-5, -4)
      const start: World['runners']['start'] = async (name, input) => {
        if (name.startsWith(slotOfMinute(sick))) throw new Error('throttled')
        return world.runners.start(name, input)
      }
      const { fault } = await reopenKnown({ ...world, runners: { ...world.runners, start } }, Number.POSITIVE_INFINITY)
      expect(fault).to.have.property('message', 'throttled')
      expect(world.runners.names()).to.include(`${slotOfMinute(healthy)}-2`)
    }
  })

  it('are looked at in the order in which their times have come', async () => {
    const world = await aWorldThatKnows(-5, -4, -3)
    for (const [n, againAtMs] of [
      [-5, 3],
      [-4, 1],
      [-3, 2],
    ] as const)
      await world.table.saveUnsettled({ slot: slotOfMinute(n), sinceMs: MINUTE_MS, tries: 1, againAtMs })
    const asked: Slot[] = []
    const runnerRecord: World['table']['runnerRecord'] = (slot) => {
      asked.push(slot)
      return world.table.runnerRecord(slot)
    }
    await reopenKnown({ ...world, table: { ...world.table, runnerRecord } }, Number.POSITIVE_INFINITY)
    expect(asked).to.deep.equal([slotOfMinute(-4), slotOfMinute(-3), slotOfMinute(-5)])
  })

  it('are looked at ten side by side', async () => {
    const world = await aWorldThatKnows(...Array.from({ length: 21 }, (_, i) => -30 + i))
    const askedAtMs: number[] = []
    const runnerRecord: World['table']['runnerRecord'] = async (slot) => {
      askedAtMs.push(world.clock.now() - MINUTE_MS - 60_000)
      await world.clock.sleep(100)
      return world.table.runnerRecord(slot)
    }
    const slow = { ...world, table: { ...world.table, runnerRecord } }
    await world.clock.run(reopenKnown(slow, Number.POSITIVE_INFINITY))
    expect(askedAtMs).to.deep.equal([...Array(10).fill(0), ...Array(10).fill(100), 200])
  })

  it('stay known, and are opened by nobody, while this version cannot read their records', async () => {
    const world = await aWorldThatKnows(-5)
    const runnerRecord = () => Promise.reject(new SchedulerError('ITEM_UNREADABLE', 'of a newer version'))
    const newer = { ...world, table: { ...world.table, runnerRecord } }
    const { unsettled, fault } = await reopenKnown(newer, Number.POSITIVE_INFINITY)
    expect([[...unsettled], fault, world.runners.names()]).to.deep.equal([
      [slotOfMinute(-5)],
      undefined,
      [slotOfMinute(-5)],
    ])
    expect((await Array.fromAsync(world.table.unsettledSlots())).flat()[0]).to.include({ tries: 2 })
  })

  it('are left for later when there is no time', async () => {
    const world = await aWorldThatKnows(-5)
    const { unsettled } = await reopenKnown(world, world.clock.now())
    expect([unsettled.size, world.runners.names().length]).to.deep.equal([1, 1])
  })
})
