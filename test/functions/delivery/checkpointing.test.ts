import { expect } from 'chai'
import { MAX_CHECKPOINT_KEYS } from '../../../core/checkpoint.ts'
import { LAST_KEY } from '../../../core/event.ts'
import { CHECKPOINT_MS, CLAIM_MS } from '../../../core/timetable.ts'
import { MAX_UNRECORDED, RECORD_FOR_MS, startCheckpointing } from '../../../functions/delivery/checkpointing.ts'
import { deliveryOf } from '../../../status/deliveries.ts'
import { anEvent, MINUTE_MS } from '../../support/builders.ts'
import { aWorld, type World } from '../../support/world.ts'

const SLOT = anEvent().slot

/** A world whose checkpoints fail `failures` times, and each of whose writes takes `ms`. */
function aWorldWithTable({ failures = 0, writeMs = 0 } = {}) {
  const world = aWorld({ atMs: MINUTE_MS })
  const writes: { atMs: number; keys: string[]; upTo: string }[] = []
  let left = failures
  const checkpoint: World['table']['checkpoint'] = async (slot, writer, facts) => {
    if (writeMs > 0) await world.clock.sleep(writeMs)
    if (left-- > 0) throw new Error('throttled')
    writes.push({ atMs: world.clock.now() - MINUTE_MS, keys: facts.delivered, upTo: facts.upTo })
    await world.table.checkpoint(slot, writer, facts)
  }
  return { ...world, writes, table: { ...world.table, checkpoint } }
}

describe('checkpointing', () => {
  it('writes down what was published within a second', async () => {
    const world = aWorldWithTable()
    const checkpointing = startCheckpointing(world, 0)
    await world.clock.advance(100)
    checkpointing.record(anEvent({ id: 'a' }), 1)
    await world.clock.advance(CHECKPOINT_MS - 100)
    expect(world.writes.map(({ atMs, keys }) => [atMs, keys.length])).to.deep.equal([[1_000, 1]])
    expect(CHECKPOINT_MS).to.be.at.most(1_000)
    await world.clock.run(checkpointing.finish())
  })

  it('writes nothing while there is nothing to write down', async () => {
    const world = aWorldWithTable()
    const checkpointing = startCheckpointing(world, 0)
    await world.clock.advance(10_000)
    await world.clock.run(checkpointing.finish())
    expect(world.writes).to.deep.equal([])
  })

  it('writes each event once, with how late it was and where a new emitter goes on', async () => {
    const world = aWorldWithTable()
    let upTo = 'b'
    const checkpointing = startCheckpointing(world, 7, { upTo: () => upTo })
    checkpointing.record({ slot: SLOT, key: 'a' }, 3)
    await world.clock.advance(1_000)
    upTo = 'c'
    checkpointing.record({ slot: SLOT, key: 'b' }, 250)
    await world.clock.advance(1_000)
    await world.clock.run(checkpointing.finish())
    const found = []
    for await (const page of world.table.checkpoints(SLOT, 7)) found.push(...page)
    expect(found).to.deep.equal([
      { delivered: ['a'], upTo: 'b', lateMs: [3] },
      { delivered: ['b'], upTo: 'c', lateMs: [250] },
    ])
  })

  it('has no end where nobody goes on: the express lane’s and the settler’s', async () => {
    const world = aWorldWithTable()
    const checkpointing = startCheckpointing(world, 'express')
    checkpointing.record(anEvent(), 0)
    await world.clock.run(checkpointing.finish())
    expect(world.writes.map(({ upTo }) => upTo)).to.deep.equal([LAST_KEY])
  })

  it('repeats a failed write within a second, with what came after it', async () => {
    const world = aWorldWithTable({ failures: 2 })
    const checkpointing = startCheckpointing(world, 0)
    checkpointing.record({ slot: SLOT, key: 'a' }, 0)
    await world.clock.advance(1_000)
    checkpointing.record({ slot: SLOT, key: 'b' }, 0)
    await world.clock.advance(2_000)
    expect(world.writes.map(({ atMs, keys }) => [atMs, keys])).to.deep.equal([[3_000, ['a', 'b']]])
    const line = { level: 'warn', message: 'checkpoint failed, tried again within a second', error: 'Error: throttled' }
    expect(world.log.lines).to.deep.equal([line, line])
    await world.clock.run(checkpointing.finish())
  })

  it('writes what is left at its end', async () => {
    const world = aWorldWithTable()
    const checkpointing = startCheckpointing(world, 0)
    checkpointing.record({ slot: SLOT, key: 'a' }, 0)
    await world.clock.run(checkpointing.finish())
    expect(world.writes.map(({ keys }) => keys)).to.deep.equal([['a']])
    expect(world.clock.timers()).to.equal(0)
  })

  it('waits at its end for a write under way', async () => {
    const world = aWorldWithTable({ writeMs: 500 })
    const checkpointing = startCheckpointing(world, 0)
    checkpointing.record({ slot: SLOT, key: 'a' }, 0)
    await world.clock.advance(1_100)
    checkpointing.record({ slot: SLOT, key: 'b' }, 0)
    await world.clock.run(checkpointing.finish())
    expect(world.writes.map(({ keys }) => keys)).to.deep.equal([['a'], ['b']])
  })

  it('tries for half a minute at its end to write what is left: what is not written down would be published again', async () => {
    const world = aWorldWithTable({ failures: RECORD_FOR_MS / 1_000 })
    const checkpointing = startCheckpointing(world, 0)
    checkpointing.record({ slot: SLOT, key: 'a' }, 0)
    await world.clock.run(checkpointing.finish())
    expect(world.writes.map(({ keys }) => keys)).to.deep.equal([['a']])
    expect(RECORD_FOR_MS).to.equal(30_000).and.below(CLAIM_MS)
  })

  it('fails at its end when what is left cannot be written in that time', async () => {
    const world = aWorldWithTable({ failures: 100 })
    const checkpointing = startCheckpointing(world, 0)
    checkpointing.record({ slot: SLOT, key: 'a' }, 0)
    expect(await world.clock.run(checkpointing.finish()).catch(({ message }: Error) => message)).to.equal('throttled')
    expect(world.clock.now() - MINUTE_MS).to.equal(RECORD_FOR_MS)
  })

  it('writes at once when as much was published as an item takes, and no item takes more', async () => {
    const world = aWorldWithTable()
    const checkpointing = startCheckpointing(world, 0)
    for (let i = 0; i < MAX_CHECKPOINT_KEYS * 2 + 5; i++) checkpointing.record({ slot: SLOT, key: `${i}` }, 0)
    await world.clock.advance(0)
    expect(world.writes.length).to.be.above(0)
    await world.clock.run(checkpointing.finish())
    expect(Math.max(...world.writes.map(({ keys }) => keys.length))).to.equal(MAX_CHECKPOINT_KEYS)
    expect(new Set(world.writes.flatMap(({ keys }) => keys)).size).to.equal(MAX_CHECKPOINT_KEYS * 2 + 5)
  })

  it('writes one checkpoint of exactly as many as an item takes', async () => {
    const world = aWorldWithTable()
    const checkpointing = startCheckpointing(world, 0)
    for (let i = 0; i < MAX_CHECKPOINT_KEYS; i++) checkpointing.record({ slot: SLOT, key: `${i}` }, 0)
    await world.clock.run(checkpointing.finish())
    expect(world.writes.map(({ keys }) => keys.length)).to.deep.equal([MAX_CHECKPOINT_KEYS])
  })

  it('is behind while as much is unrecorded as may be, also while its write is under way, and tells what it has recorded', async () => {
    const world = aWorldWithTable({ writeMs: 100 })
    const told: [atMs: number, events: number][] = []
    const recorded = (keys: readonly string[]) => void told.push([world.clock.now() - MINUTE_MS, keys.length])
    const checkpointing = startCheckpointing(world, 0, { recorded })
    const record = (count: number) => {
      for (let i = 0; i < count; i++) checkpointing.record({ slot: SLOT, key: `${i}` }, 0)
    }
    record(MAX_UNRECORDED - 1)
    expect(checkpointing.isBehind()).to.equal(false)
    record(1)
    expect(checkpointing.isBehind()).to.equal(true)
    await world.clock.advance(299)
    expect([checkpointing.isBehind(), told]).to.deep.equal([true, []])
    await world.clock.advance(1)
    expect([checkpointing.isBehind(), told]).to.deep.equal([false, [[300, MAX_UNRECORDED]]])
    await world.clock.run(checkpointing.finish())
    expect(told).to.deep.equal([[300, MAX_UNRECORDED]])
  })

  it('stays behind when its write fails', async () => {
    const world = aWorldWithTable({ failures: 1 })
    const told: string[] = []
    const recorded = (keys: readonly string[]) => void told.push(...keys)
    const checkpointing = startCheckpointing(world, 0, { recorded })
    for (let i = 0; i < MAX_UNRECORDED; i++) checkpointing.record({ slot: SLOT, key: `${i}` }, 0)
    await world.clock.advance(10)
    expect([checkpointing.isBehind(), told.length]).to.deep.equal([true, 0])
    await world.clock.advance(CHECKPOINT_MS)
    expect([checkpointing.isBehind(), told.length]).to.deep.equal([false, MAX_UNRECORDED])
    await world.clock.run(checkpointing.finish())
  })

  it('writes to the slot of each event', async () => {
    const world = aWorldWithTable()
    const checkpointing = startCheckpointing(world, 'express')
    const [one, two] = [anEvent(), anEvent({ dueAtMs: MINUTE_MS + 90_000 })]
    checkpointing.record(one, 3)
    checkpointing.record(two, 4)
    await world.clock.run(checkpointing.finish())
    expect(await deliveryOf(world.table, one)).to.deep.equal({ by: 'express', lateMs: 3 })
    expect(await deliveryOf(world.table, two)).to.deep.equal({ by: 'express', lateMs: 4 })
  })
})
