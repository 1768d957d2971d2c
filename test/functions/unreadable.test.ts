import { PutCommand } from '@aws-sdk/lib-dynamodb'
import { expect } from 'chai'
import type { Item } from '../../aws/events-table/items.ts'
import type { Unreadable } from '../../aws/events-table/table.ts'
import { LAST_KEY, type ScheduledEvent } from '../../core/event.ts'
import { segmentsOf } from '../../core/segment.ts'
import { AUDIT_AFTER_MS } from '../../core/timetable.ts'
import { UNREADABLE_AGAIN_MS } from '../../functions/settler/settle-slot.ts'
import { TABLE_NAME } from '../memory/dynamodb.ts'
import { eventsInMemory } from '../memory/events-table.ts'
import { aMessage, anEvent, aRecord, due, MINUTE_MS, topicArn } from '../support/builders.ts'
import { aWorld, functionsOf, stepsOf, type World } from '../support/world.ts'

const { slot: SLOT } = due(0)
const [SEGMENT] = segmentsOf(SLOT, [])
const HOUR_MS = 3_600_000

/** A world with events parked, and with items that a newer version wrote: they are told of in `told`. */
async function aWorldWithNewer({ events, newer }: { events: ScheduledEvent[]; newer: Item[] }) {
  const world = aWorld({ atMs: MINUTE_MS - 10_000 })
  const told: Unreadable[] = []
  const { clock, random, dynamodb } = world
  const table = eventsInMemory({ clock, random, dynamodb, unreadable: (item) => told.push(item) })
  await table.park(events)
  for (const one of newer)
    await dynamodb.client.send(new PutCommand({ TableName: TABLE_NAME, Item: { expiresAt: 1, pk: SLOT, ...one } }))
  return { told, world: { ...world, table } }
}

/** An event that a newer version has parked, in a lane that this one does not know. */
const newerEvent = (fields: Partial<ScheduledEvent>) => {
  const { slot: pk, key, ...event } = anEvent(fields)
  return { ...event, pk, sk: `event#${key}`, size: 1, lane: 'fast' }
}

/** Plans the slot, delivers its segments, and settles it as often as it is asked for within some hours. */
async function runSlot(world: World, hours = 0) {
  const { clock } = world
  const functions = functionsOf(world)
  const { segments } = await clock.run(functions.planner({ slot: SLOT }))
  for (const segment of segments) await clock.run(functions.emitter({ slot: SLOT, segment }))
  return settleFor(world, hours)
}

async function settleFor(world: World, hours: number) {
  const { clock } = world
  const looksAtMs: number[] = []
  const endMs = MINUTE_MS + 70_000 + hours * HOUR_MS
  for (await clock.advanceTo(MINUTE_MS + 70_000); ; ) {
    looksAtMs.push(clock.now() - MINUTE_MS - 60_000)
    const answer = await clock.run(functionsOf(world).settler({ slot: SLOT }))
    const settleAtMs = 'settleAt' in answer ? Date.parse(answer.settleAt) : Number.POSITIVE_INFINITY
    if (settleAtMs > endMs) return { answer, looksAtMs }
    await clock.advanceTo(settleAtMs)
  }
}

const delivered = (world: World) => world.topics.received(topicArn()).map(({ id }) => id)

describe('an event that this version cannot read', () => {
  const others = [due(10_000, { id: 'a' }), due(30_000, { id: 'c' })]
  const setting = { events: others, newer: [newerEvent({ dueAtMs: MINUTE_MS + 20_000, id: 'b' })] }

  it('leaves its neighbours to be delivered in their millisecond', async () => {
    const { world } = await aWorldWithNewer(setting)
    await runSlot(world)
    const late = world.topics.received(topicArn()).map(({ atMs, dueAtMs }) => atMs - dueAtMs)
    expect([delivered(world), late]).to.deep.equal([
      ['a', 'c'],
      [0, 0],
    ])
  })

  it('keeps its slot unsettled, is counted, and told of with its key', async () => {
    const { world, told } = await aWorldWithNewer(setting)
    const { answer } = await runSlot(world)
    expect(answer.settled).to.equal(false)
    expect((await world.table.runnerRecord(SLOT)).settledAtMs).to.equal(undefined)
    expect(world.metrics.sum('Unreadable')).to.equal(1)
    expect(told.map(({ sk }) => sk)).to.include(setting.newer[0]?.sk)
    expect(told[0]?.why).to.match(/lane/)
    const [line] = world.log.of('slot not settled, because of items that this version cannot read')
    expect(line).to.include({ level: 'warn', slot: SLOT, unreadable: 1 })
  })

  it('is looked for again after as long as it has been, up to ten minutes', async () => {
    const { world } = await aWorldWithNewer(setting)
    const { looksAtMs } = await runSlot(world, 12)
    const distances = looksAtMs.slice(1).map((atMs, i) => atMs - (looksAtMs[i] ?? 0))
    expect(distances[0]).to.be.within(22_500, 38_500)
    expect(Math.max(...distances)).to.be.within(UNREADABLE_AGAIN_MS * 0.75, UNREADABLE_AGAIN_MS * 1.25 + 1_000)
    expect(looksAtMs.length).to.be.below(100)
  })

  it('is delivered by the version that can read it, and then the slot is settled', async () => {
    const { world } = await aWorldWithNewer(setting)
    await runSlot(world)
    await world.table.park([due(20_000, { id: 'b' })])
    const { answer } = await settleFor(world, 1)
    expect(answer).to.include({ settled: true, delivered: 3 })
    expect(delivered(world)).to.deep.equal(['a', 'c', 'b'])
  })

  it('has the message about it come back, and no other', async () => {
    const { world } = await aWorldWithNewer(setting)
    const date = (ms: number) => new Date(MINUTE_MS + ms).toISOString()
    await world.clock.advanceTo(MINUTE_MS + 19_000)
    const about = (id: string, message: object) =>
      aRecord(aMessage({ id, ...message }), { messageId: JSON.stringify(message) })
    const again = about('b', { date: date(20_000) })
    const cancel = about('b', { date: date(20_000), action: 'cancel', payload: undefined, target: undefined })
    const other = about('d', { date: date(21_000) })
    const { batchItemFailures } = await world.clock.run(
      functionsOf(world).validator({ Records: [again, cancel, other] }),
    )
    expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).to.have.members([
      again.messageId,
      cancel.messageId,
    ])
    expect(world.express.executions.flatMap(({ events }) => events.map(({ key }) => key))).to.deep.equal([
      due(21_000, { id: 'd' }).key,
    ])
  })

  it('is not parked over as a next attempt', async () => {
    const event = due(10_000, { id: 'a' })
    const next = newerEvent({ dueAtMs: event.dueAtMs, emitAtMs: MINUTE_MS + 90_000, id: 'a', attempt: 2 })
    const { world } = await aWorldWithNewer({ events: [event], newer: [next] })
    const pointer = { slot: next.pk, key: next.sk.slice('event#'.length) }
    await world.table.conclude({ ...event, kind: 'retrying', atMs: 1, attempts: 1, next: pointer })
    const { answer } = await settleFor(world, 0)
    expect(answer).to.include({ settled: true, retrying: 1 })
    expect((await world.table.lookUp([pointer])).unreadable).to.deep.equal([pointer])
  })
})

describe('an outcome that this version cannot read', () => {
  it('ends its event, nobody here knows how: it is not published, and its slot stays unsettled', async () => {
    const [a, b] = [due(10_000, { id: 'a' }), due(20_000, { id: 'b' })]
    const newer = [{ sk: `outcome#${b.key}`, kind: 'postponed' }]
    const { world, told } = await aWorldWithNewer({ events: [a, b], newer })
    const { answer } = await runSlot(world, 2)
    expect([delivered(world), answer.settled]).to.deep.equal([['a'], false])
    expect(world.metrics.published.at(-1)).to.deep.equal({ Unreadable: 1 })
    expect(told.map(({ sk }) => sk)).to.include(`outcome#${b.key}`)
  })
})

describe('a checkpoint that this version cannot read', () => {
  const events = [due(10_000, { id: 'a' }), due(20_000, { id: 'b' }), due(30_000, { id: 'c' })]
  const at = (atMs: number, writer = '00') => ({
    sk: `checkpoint#${writer}#${String(atMs).padStart(15, '0')}#x`,
    packed: 1,
  })

  it('leaves what was due until it was written to doubt: not published again; what comes after is', async () => {
    const { world } = await aWorldWithNewer({ events, newer: [at(MINUTE_MS + 20_000)] })
    const { answer } = await runSlot(world, 1)
    expect([delivered(world), answer.settled]).to.deep.equal([['c'], false])
    expect(world.metrics.published.at(-1)).to.deep.equal({ Unreadable: 2 })
  })

  it('leaves the event of the next millisecond free, for the emitter and for the settler', async () => {
    for (const run of [runSlot, settleFor]) {
      const { world } = await aWorldWithNewer({ events, newer: [at(MINUTE_MS + 19_999)] })
      await run(world, 0)
      expect(delivered(world)).to.deep.equal(['b', 'c'])
    }
  })

  for (const writer of ['express', 'settle'])
    it(`of the writer ${writer} puts into doubt what the settler would deliver`, async () => {
      const { world } = await aWorldWithNewer({ events, newer: [at(MINUTE_MS + 20_000, writer)] })
      const { answer } = await settleFor(world, 0)
      expect([delivered(world), answer.settled]).to.deep.equal([['c'], false])
    })

  it('does not keep a slot from being settled whose events stand in others', async () => {
    const { world } = await aWorldWithNewer({ events, newer: [at(MINUTE_MS + 20_000)] })
    await world.table.checkpoint(SLOT, 0, { delivered: events.map(({ key }) => key), upTo: LAST_KEY, lateMs: [] })
    expect((await settleFor(world, 0)).answer).to.include({ settled: true, delivered: 3 })
  })

  it('does not have announced events published that may stand in it', async () => {
    const soon = due(15_000, { id: 's', lane: 'soon' })
    const { world } = await aWorldWithNewer({ events: [soon], newer: [at(MINUTE_MS + 20_000)] })
    if (SEGMENT) await world.clock.run(stepsOf(world).deliverSegment(SLOT, SEGMENT))
    expect(delivered(world)).to.deep.equal([])
  })
})

describe('an announcement that this version cannot read', () => {
  it('is told of; its events are the settler’s, and the other announced ones are delivered in time', async () => {
    const [early, late] = [due(-5_000, { id: 'a', lane: 'soon' }), due(20_000, { id: 'b', lane: 'soon' })]
    const { world, told } = await aWorldWithNewer({ events: [], newer: [] })
    const newer = { pk: SLOT, sk: `announcement#${String(MINUTE_MS + 59_000).padStart(15, '0')}#x`, ids: ['a'] }
    await world.dynamodb.client.send(new PutCommand({ TableName: TABLE_NAME, Item: newer }))
    await world.clock.advanceTo(MINUTE_MS - 4_000)
    const delivering = SEGMENT && stepsOf(world).deliverSegment(SLOT, SEGMENT)
    await world.clock.advanceTo(MINUTE_MS + 18_500)
    await world.table.park([{ ...early, slot: SLOT, emitAtMs: early.emitAtMs }, late])
    await world.clock.run(Promise.resolve(delivering))
    expect(delivered(world)).to.include('b')
    expect(told.map(({ sk }) => sk)).to.include(newer.sk)
  })
})

describe('the record of a slot that this version cannot read', () => {
  const newer = [{ sk: 'runner', runs: 'many' }]

  it('keeps its slot unsettled and counted, and has nothing of it delivered that may have been', async () => {
    const { world } = await aWorldWithNewer({ events: [due(10_000)], newer })
    const { answer } = await settleFor(world, 1)
    expect([delivered(world), answer.settled]).to.deep.equal([[], false])
    expect(world.metrics.published.at(-1)).to.deep.equal({ Unreadable: 1 })
  })

  it('has the planner fail, for this slot alone', async () => {
    const { world } = await aWorldWithNewer({ events: [due(10_000)], newer })
    const planning = functionsOf(world).planner({ slot: SLOT })
    expect(await planning.catch((fault: unknown) => fault)).to.have.property('code', 'ITEM_UNREADABLE')
    expect((await functionsOf(world).planner({ slot: due(60_000).slot })).segments).to.have.length(1)
  })

  it('has the loader count its slot as unsettled, and see to the others', async () => {
    const { world } = await aWorldWithNewer({ events: [due(10_000), due(70_000)], newer })
    for (const minuteMs of [MINUTE_MS, MINUTE_MS + 60_000]) await world.table.divideMinute(minuteMs, 1)
    await world.table.beginWatermark(MINUTE_MS)
    await world.clock.advanceTo(MINUTE_MS + 120_000 + AUDIT_AFTER_MS)
    await world.clock.run(functionsOf(world).loader({}))
    expect(world.metrics.sum('UnsettledSlots')).to.equal(2)
    expect(world.runners.names()).to.include(due(70_000).slot)
    expect((await world.table.watermark())?.sweptUntilMs).to.be.above(world.clock.now())
  })
})

describe('the division of a minute that this version cannot read', () => {
  it('has the loader look at every slot that the minute may have', async () => {
    const { world, told } = await aWorldWithNewer({ events: [due(10_000)], newer: [] })
    await world.table.divideMinute(MINUTE_MS, 1)
    const newer = { pk: 'minutes#2026-11-23T12', sk: SLOT.slice(0, -3), shards: 'many' }
    await world.dynamodb.client.send(new PutCommand({ TableName: TABLE_NAME, Item: newer }))
    await world.table.beginWatermark(MINUTE_MS - 60_000)
    await world.clock.run(functionsOf(world).loader({}))
    expect(world.runners.names()).to.deep.equal([SLOT])
    expect(told.map(({ sk }) => sk)).to.include(newer.sk)
  })
})
