import { expect } from 'chai'
import { slotOf } from '../../core/slot.ts'
import { slotAtWith } from '../../functions/slot-at.ts'
import { aBatch, aMessage, FAILURE_TOPIC, MINUTE_MS, topicArn } from '../support/builders.ts'
import { drain } from '../support/drain.ts'
import { aWorld, functionsOf, type World } from '../support/world.ts'

const IDS = Array.from({ length: 20 }, (_, i) => `e${i}`)

describe('the slot of an event', () => {
  it('is in the minute as the stack’s setting divides it, where nobody has written yet', async () => {
    const world = aWorld({ shards: 4 })
    for (const id of IDS) expect(await slotAtWith(world)(MINUTE_MS, id)).to.equal(slotOf(MINUTE_MS, id, 4))
  })

  it('stays where it is when the setting is raised or lowered', async () => {
    const world = aWorld({ shards: 4 })
    await slotAtWith(world)(MINUTE_MS, 'first')
    for (const shards of [1, 8, 64])
      for (const id of IDS)
        expect(await slotAtWith({ ...world, shards })(MINUTE_MS, id)).to.equal(slotOf(MINUTE_MS, id, 4))
  })

  it('is asked for once for each minute', async () => {
    const world = aWorld()
    let asked = 0
    const shardsAt = (atMs: number) => {
      asked++
      return world.table.shardsAt(atMs)
    }
    const slotAt = slotAtWith({ ...world, table: { ...world.table, shardsAt } })
    await Promise.all(IDS.map((id) => slotAt(MINUTE_MS + 1, id)))
    await slotAt(MINUTE_MS + 59_999, 'a')
    expect(asked).to.equal(1)
    await slotAt(MINUTE_MS + 60_000, 'a')
    expect(asked).to.equal(2)
  })

  it('is remembered of ten thousand minutes; then it begins anew', async () => {
    let asked = 0
    const shardsAt = async () => {
      asked++
      return 1
    }
    const slotAt = slotAtWith({ table: { shardsAt, divideMinute: async () => 1 }, shards: 1 })
    const ask = (n: number) => slotAt(MINUTE_MS + n * 60_000, 'a')
    for (let n = 0; n < 9_999; n++) await ask(n)
    for (const n of [0, 9_998, 9_999, 9_999]) await ask(n)
    expect(asked).to.equal(10_000)
    await ask(0)
    expect(asked).to.equal(10_001)
  })

  it('is asked for again after the table could not be read', async () => {
    const world = aWorld()
    let isDown = true
    const shardsAt = async () => {
      if (isDown) throw new Error('down')
      return 3
    }
    const slotAt = slotAtWith({ ...world, table: { ...world.table, shardsAt } })
    expect(await slotAt(MINUTE_MS, 'a').catch(({ message }: Error) => message)).to.equal('down')
    isDown = false
    expect(await slotAt(MINUTE_MS, 'a')).to.equal(slotOf(MINUTE_MS, 'a', 3))
  })
})

describe('a change of the number of shards', () => {
  const publish = (world: World, ...messages: string[]) =>
    world.clock.run(functionsOf(world).validator(aBatch(...messages)))
  const messages = (world: World) =>
    IDS.map((id) => aMessage({ id, date: new Date(world.clock.now() + 3_600_000).toISOString() }))
  const received = (world: World) =>
    world.topics
      .received(topicArn())
      .map(({ id }) => id)
      .sort()
  const changes = [
    [1, 4],
    [4, 1],
    [3, 64],
  ] as const

  for (const [from, to] of changes) {
    it(`from ${from} to ${to} delivers what was scheduled before, once, though it is published again after`, async () => {
      const world = aWorld({ shards: from })
      const published = messages(world)
      await publish(world, ...published)
      const after = { ...world, shards: to }
      await publish(after, ...published)
      await drain(after, 65)
      expect(received(world)).to.deep.equal([...IDS].sort())
    })

    it(`from ${from} to ${to} has cancels find what was scheduled before`, async () => {
      const world = aWorld({ shards: from })
      const published = messages(world)
      await publish(world, ...published)
      const after = { ...world, shards: to }
      const cancels = published.map((message) => JSON.stringify({ action: 'cancel', ...pick(message) }))
      await publish(after, ...cancels)
      await drain(after, 65)
      expect(received(world)).to.deep.equal([])
      expect(world.topics.notices(FAILURE_TOPIC)).to.deep.equal([])
    })

    it(`from ${from} to ${to} loses nothing while functions of both settings run side by side`, async () => {
      const world = aWorld({ shards: from })
      const after = { ...world, shards: to }
      for (const [i, message] of messages(world).entries()) await publish(i % 2 ? after : world, message)
      // The deployment stops half-way: the loader, and what delivers, stay as they were.
      await drain(world, 65)
      expect(received(world)).to.deep.equal([...IDS].sort())
    })
  }
})

function pick(message: string) {
  const { id, date } = JSON.parse(message)
  return { id, date }
}
