import { expect } from 'chai'
import { type Segment, segmentsOf } from '../../core/segment.ts'
import { slotAt } from '../../core/slot.ts'
import { deliveriesOf, deliveryOf } from '../../status/deliveries.ts'
import { due, MINUTE_MS } from '../support/builders.ts'
import { aWorld, type World } from '../support/world.ts'

const SLOT = slotAt(MINUTE_MS, 0)

/** How many checkpoints are read. */
function counting(world: World) {
  let checkpoints = 0
  const counted = (read: World['table']['checkpoints'] | World['table']['checkpointsWritten']) =>
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
      checkpointsWritten: counted(table.checkpointsWritten),
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
    expect(checkpoints()).to.equal(7)
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
