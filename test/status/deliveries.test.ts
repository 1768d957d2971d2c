import { expect } from 'chai'
import { type Segment, segmentsOf } from '../../core/segment.ts'
import { slotAt } from '../../core/slot.ts'
import { deliveredAtMs, deliveriesOf, deliveryOf, isDeliveryUnreadable } from '../../status/deliveries.ts'
import { due, MINUTE_MS } from '../support/builders.ts'
import { aWorld, type World } from '../support/world.ts'

const SLOT = slotAt(MINUTE_MS, 0)

/** How many checkpoints are read. */
function counting(world: World) {
  let checkpoints = 0
  const counted = (read: World['table']['checkpoints'] | World['table']['checkpointsSince']) =>
    async function* (...args: never[]) {
      for await (const page of (read as World['table']['checkpoints'])(...(args as unknown as [string, number]))) {
        checkpoints += page.length
        yield page
      }
    }
  const { table } = world
  return {
    table: {
      ...table,
      checkpoints: counted(table.checkpoints),
      checkpointsSince: counted(table.checkpointsSince),
    } as World['table'],
    checkpoints: () => checkpoints,
  }
}

/** A minute in which each second ten events were delivered, and written down a second later. */
async function aMinuteDelivered() {
  const world = aWorld({ atMs: MINUTE_MS })
  const keys: string[] = []
  for (let second = 0; second < 60; second++) {
    const delivered = Array.from({ length: 10 }, (_, i) => due(second * 1_000 + i * 100).key)
    keys.push(...delivered)
    await world.clock.advance(1_000)
    await world.table.checkpoint(SLOT, 0, { delivered, upTo: '', lateMs: delivered.map((_, i) => i) })
  }
  return { world, keys }
}

describe('what was delivered of a slot', () => {
  it('is found for one event among the checkpoints of some seconds', async () => {
    const { world, keys } = await aMinuteDelivered()
    const { table, checkpoints } = counting(world)
    expect(await deliveryOf(table, { slot: SLOT, key: keys[333] as string })).to.deep.equal({ by: 0, lateMs: 3 })
    expect(checkpoints()).to.equal(5)
  })

  it('is found for a stretch of events without reading what was written long before or after', async () => {
    const { world, keys } = await aMinuteDelivered()
    const { table, checkpoints } = counting(world)
    expect((await deliveriesOf(table, SLOT, keys.slice(300, 320))).size).to.equal(20)
    expect(checkpoints()).to.equal(5)
  })

  it('is looked for in no checkpoint from before, and in pages that grow, where an event has not been delivered', async () => {
    const { world, keys } = await aMinuteDelivered()
    const { table, checkpoints } = counting(world)
    const never = due(50_000, { id: 'never' })
    expect([...(await deliveriesOf(table, SLOT, [keys[500] as string, never.key])).keys()]).to.deep.equal([keys[500]])
    expect(checkpoints()).to.equal(13)
  })

  it('is found that was delivered, and written down, long after its time', async () => {
    const { world } = await aMinuteDelivered()
    const late = due(10_000, { id: 'late' })
    await world.clock.advance(600_000)
    await world.table.checkpoint(SLOT, 'settle', { delivered: [late.key], upTo: '', lateMs: [650_000] })
    expect(await deliveryOf(world.table, late)).to.deep.equal({ by: 'settle', lateMs: 650_000 })
  })

  it('is found in whichever segment the event is, and by whom else it may have been delivered', async () => {
    const world = aWorld({ atMs: MINUTE_MS })
    const [a, b, c, d] = [due(1_000), due(2_000), due(3_000), due(4_000)]
    const segments = segmentsOf(SLOT, [b.key])
    await world.table.saveSegments(SLOT, segments)
    await world.clock.advance(5_000)
    const [first, second] = segments as [Segment, Segment]
    const write = (writer: number | 'express' | 'settle', { key }: { key: string }) =>
      world.table.checkpoint(SLOT, writer, { delivered: [key], upTo: '', lateMs: [7] })
    await write(first.index, a)
    await write(second.index, b)
    await write('express', c)
    await write('settle', d)
    const found = await deliveriesOf(world.table, SLOT, [a.key, b.key, c.key, d.key])
    expect([a, b, c, d].map(({ key }) => found.get(key)?.by)).to.deep.equal([0, 1, 'express', 'settle'])
  })

  it('is looked for where the segment of the event is written down, by express and by the settler, and nowhere else', async () => {
    const { table } = aWorld()
    const [a, b] = [due(1_000), due(2_000)]
    await table.saveSegments(SLOT, segmentsOf(SLOT, [b.key]))
    for (const [{ key }, index] of [
      [a, 0],
      [b, 1],
    ] as const) {
      const asked: unknown[] = []
      const checkpointsSince: World['table']['checkpointsSince'] = (slot, by, sinceMs) => {
        asked.push(by)
        return table.checkpointsSince(slot, by, sinceMs)
      }
      await deliveriesOf({ ...table, checkpointsSince }, SLOT, [key])
      expect(asked).to.deep.equal([index, 'express', 'settle'])
    }
  })

  it('is found where a clock was set back by hours before it was written down', async () => {
    const world = aWorld({ atMs: MINUTE_MS - 7_200_000 })
    const { key } = due(1_000)
    await world.table.checkpoint(SLOT, 0, { delivered: [key], upTo: '', lateMs: [1] })
    expect(await deliveryOf(world.table, { slot: SLOT, key })).to.deep.equal({ by: 0, lateMs: 1 })
  })

  it('names no event for a longer key, another slot, or the upper end of a checkpoint', async () => {
    const world = aWorld({ atMs: MINUTE_MS })
    const [one, longer, next] = [due(0, { id: 'ab' }), due(0, { id: 'abc' }), due(0, { id: 'b' })]
    await world.table.checkpoint(SLOT, 0, { delivered: [longer.key], upTo: next.key, lateMs: [1] })
    expect(await deliveryOf(world.table, one)).to.equal(undefined)
    expect(await deliveryOf(world.table, next)).to.equal(undefined)
    expect(await deliveryOf(world.table, { slot: slotAt(MINUTE_MS, 1), key: longer.key })).to.equal(undefined)
  })

  it('is nothing where no event is asked for, and nothing is read', async () => {
    const table = new Proxy({} as World['table'], {
      get: () => () => {
        throw new Error('read')
      },
    })
    expect((await deliveriesOf(table, SLOT, [])).size).to.equal(0)
  })
})

describe('a delivery that may be in a checkpoint that cannot be read', () => {
  const { slot, key } = due(1_000)
  const plain = { delivered: [], upTo: '', lateMs: [] }
  const doubting = (afterMs: number) => ({ ...plain, doubtUntilMs: MINUTE_MS + afterMs })

  /** Whether it may be, where one writer has written these pages. */
  const isIn = (writer: unknown, ...pages: (typeof plain)[][]) => {
    const checkpoints: World['table']['checkpoints'] = async function* (_, by) {
      if (by === writer) yield* pages
    }
    return isDeliveryUnreadable({ ...aWorld().table, checkpoints }, { slot, key })
  }

  it('is one whose instant is not after what the checkpoint leaves to doubt, in any of its writer’s', async () => {
    expect(await isIn(0, [plain], [doubting(999)])).to.equal(false)
    expect(await isIn(0, [plain], [plain, doubting(1_000)])).to.equal(true)
    expect(await isIn('settle', [doubting(1_000)])).to.equal(true)
  })

  it('is not in one of another segment', async () => {
    expect(await isIn(1, [doubting(1_000)])).to.equal(false)
  })
})

describe('when an event went out', () => {
  it('is as late as it was after its due, or after its acceptance if that was later', () => {
    expect(deliveredAtMs({ dueAtMs: 100 }, { by: 0, lateMs: 7 })).to.equal(107)
    expect(deliveredAtMs({ dueAtMs: 100, acceptedAtMs: 90 }, { by: 0, lateMs: 7 })).to.equal(107)
    expect(deliveredAtMs({ dueAtMs: 100, acceptedAtMs: 110 }, { by: 0, lateMs: 7 })).to.equal(117)
  })

  it('is taken for on time where it was not recorded how late it was', () => {
    expect(deliveredAtMs({ dueAtMs: 100 }, { by: 0 })).to.equal(100)
  })
})
