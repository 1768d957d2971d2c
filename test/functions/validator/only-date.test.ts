import { expect } from 'chai'
import { arriving, NOW_MS } from '../../support/arriving.ts'
import { aBatch, aMessage, aRecord, FAILURE_TOPIC, topicArn } from '../../support/builders.ts'
import { drain } from '../../support/drain.ts'
import { aWorld, functionsOf, type World } from '../../support/world.ts'

const inMs = (ms: number) => new Date(NOW_MS + ms).toISOString()
const BEFORE_MS = NOW_MS - 50_000
const schedule = (ms: number) => aMessage({ id: 'a', date: inMs(ms) })
const move = (ms: number) => JSON.stringify({ action: 'reschedule', id: 'a', new_date: inMs(ms) })

async function take(world: World, ...messages: string[]): Promise<ReturnType<typeof aRecord>[]> {
  const records = messages.map((message, i) => aRecord(message, { publishedAtMs: BEFORE_MS + i * 1_000 }))
  for (const record of records) await world.clock.run(functionsOf(world).validator(aBatch(record)))
  return records
}
const dates = (world: World) => world.topics.received(topicArn()).map(({ attributes }) => attributes.due)
const told = (world: World) => world.topics.notices(FAILURE_TOPIC).map(({ code, error }) => `${code} ${error}`)

describe('rescheduling by an id alone', () => {
  it('moves the only event of the id that is pending, and again', async () => {
    const world = aWorld({ atMs: NOW_MS })
    await take(world, schedule(60_000), move(120_000), move(180_000))
    await drain(world)
    expect(dates(world)).to.deep.equal([inMs(180_000)])
    expect(told(world)).to.deep.equal([])
  })

  it('does nothing when it comes again, even after another has moved the event on', async () => {
    const world = aWorld({ atMs: NOW_MS })
    const records = await take(world, schedule(60_000), move(120_000), move(180_000))
    for (const record of records) await world.clock.run(functionsOf(world).validator(aBatch(record)))
    await drain(world)
    expect(dates(world)).to.deep.equal([inMs(180_000)])
    expect(told(world)).to.deep.equal([])
  })

  it('does nothing, and tells nothing, when it comes again after another has moved the event back, and that went out', async () => {
    const world = aWorld({ atMs: NOW_MS })
    const back = JSON.stringify({ action: 'reschedule', id: 'a', date: inMs(120_000), new_date: inMs(60_000) })
    const records = await take(world, schedule(60_000), move(120_000), back)
    await drain(world)
    for (const record of records) await world.clock.run(functionsOf(world).validator(aBatch(record)))
    expect(dates(world)).to.deep.equal([inMs(60_000)])
    expect(told(world)).to.deep.equal([])
  })

  it('does not take for the one that is meant what was published after it, though it comes to the date to which it was to move another', async () => {
    const world = aWorld({ atMs: NOW_MS })
    const mine = { publication: { messageId: 'the move', atMs: BEFORE_MS + 1_000 } }
    await world.table.index([arriving(120_000, { id: 'a', ...mine })])
    const later = aRecord(schedule(120_000), { publishedAtMs: BEFORE_MS + 2_000 })
    await world.clock.run(functionsOf(world).validator(aBatch(later)))
    const moving = aRecord(move(120_000), { publishedAtMs: BEFORE_MS + 1_000 })
    await world.clock.run(functionsOf(world).validator(aBatch(moving)))
    expect(told(world)).to.deep.equal([
      `EVENT_ENDED No event a is pending: that for ${inMs(120_000)} is of a later publish.`,
    ])
    await drain(world)
    expect(dates(world)).to.deep.equal([inMs(120_000)])
  })

  it('is refused while several are pending, and their dates are listed in order', async () => {
    const world = aWorld({ atMs: NOW_MS })
    await take(world, schedule(120_000), schedule(60_000), move(180_000))
    expect(told(world)).to.deep.equal([
      `EVENT_AMBIGUOUS 2 events a are pending, for ${inMs(60_000)}, ${inMs(120_000)}. Give the date of the one that is meant.`,
    ])
    await drain(world)
    expect(dates(world)).to.deep.equal([inMs(60_000), inMs(120_000)])
  })

  it('names twenty dates at most', async () => {
    const world = aWorld({ atMs: NOW_MS })
    const many = (count: number) => Array.from({ length: count }, (_, i) => 60_000 + i)
    await take(world, ...many(22).map(schedule), move(180_000))
    expect(told(world)[0]).to.equal(
      `EVENT_AMBIGUOUS 22 events a are pending, for ${many(20).map(inMs).join(', ')}, 2 more. Give the date of the one that is meant.`,
    )
    const fewer = aWorld({ atMs: NOW_MS })
    await take(fewer, ...many(20).map(schedule), move(180_000))
    expect(told(fewer)[0]).to.include(`for ${many(20).map(inMs).join(', ')}. Give`)
  })

  it('names twenty of those that have ended at most', async () => {
    const world = aWorld({ atMs: NOW_MS })
    const dates = Array.from({ length: 22 }, (_, i) => 60_000 + i)
    await take(world, ...dates.map(schedule), JSON.stringify({ action: 'cancel', id: 'a' }), move(180_000))
    const ended = dates.slice(0, 20).map((ms) => `that for ${inMs(ms)} is cancelled`)
    expect(told(world)).to.deep.equal([`EVENT_ENDED No event a is pending: ${ended.join(', ')}.`])
  })

  it('goes on with the event that it has begun to move, when it was killed before that was at its new date', async () => {
    const world = aWorld({ atMs: NOW_MS })
    await take(world, schedule(60_000))
    const parkFirst = () => Promise.reject(new Error('killed'))
    const batch = aBatch(aRecord(move(120_000), { publishedAtMs: BEFORE_MS + 1_000 }))
    const killed = functionsOf({ ...world, table: { ...world.table, parkFirst } }).validator(batch)
    expect((await world.clock.run(killed)).batchItemFailures).to.have.length(1)
    await world.clock.run(functionsOf(world).validator(batch))
    await drain(world)
    expect([dates(world), told(world)]).to.deep.equal([[inMs(120_000)], []])
  })

  it('waits for an event that it overtook', async () => {
    const world = aWorld({ atMs: NOW_MS })
    const moving = functionsOf(world).validator(aBatch(aRecord(move(120_000), { publishedAtMs: NOW_MS })))
    await world.clock.advance(500)
    await world.clock.run(
      functionsOf(world).validator(aBatch(aRecord(schedule(60_000), { publishedAtMs: NOW_MS - 1 }))),
    )
    await world.clock.run(moving)
    await drain(world)
    expect(dates(world)).to.deep.equal([inMs(120_000)])
    expect(told(world)).to.deep.equal([])
  })

  it('says that none is pending, and what became of those that were', async () => {
    const world = aWorld({ atMs: NOW_MS })
    await take(world, move(120_000))
    expect(told(world)[0]).to.equal(
      'EVENT_NOT_FOUND No event a is scheduled. Check the id, and give the date too if the id came from SNS: only ids of your own are found without it.',
    )
    await take(world, schedule(1_000))
    await drain(world)
    const late = aRecord(move(9_000_000), { publishedAtMs: world.clock.now() })
    await world.clock.run(functionsOf(world).validator(aBatch(late)))
    expect(told(world)[1]).to.equal(`EVENT_ENDED No event a is pending: that for ${inMs(1_000)} is delivered.`)
  })

  it('says that there is none where one was noted and never came', async () => {
    const world = aWorld({ atMs: NOW_MS })
    await world.table.index([arriving(60_000, { id: 'a', publication: { messageId: 'the first', atMs: BEFORE_MS } })])
    await take(world, move(120_000))
    expect(told(world).map((one) => one.split(' ')[0])).to.deep.equal(['EVENT_NOT_FOUND'])
  })

  it('does nothing, and tells nothing, if all of the id was cancelled by a later publish', async () => {
    const world = aWorld({ atMs: NOW_MS })
    const early = aRecord(move(120_000), { publishedAtMs: BEFORE_MS + 500 })
    const cancel = JSON.stringify({ action: 'cancel', id: 'a' })
    await take(world, schedule(60_000), cancel)
    await world.clock.run(functionsOf(world).validator(aBatch(early)))
    await drain(world)
    expect(dates(world)).to.deep.equal([])
    expect(told(world)).to.deep.equal([])
  })

  it('says that its event has gone out meanwhile, though all of the id was cancelled after that', async () => {
    const world = aWorld({ atMs: NOW_MS })
    await take(world, schedule(1_000))
    await drain(world)
    const cancel = aRecord(JSON.stringify({ action: 'cancel', id: 'a' }), { publishedAtMs: world.clock.now() })
    const late = aRecord(move(9_000_000), { publishedAtMs: NOW_MS })
    const after = aRecord(move(9_000_000), { publishedAtMs: NOW_MS + 2_000 })
    for (const record of [cancel, late, after]) await world.clock.run(functionsOf(world).validator(aBatch(record)))
    const ended = `EVENT_ENDED No event a is pending: that for ${inMs(1_000)} is delivered.`
    expect(told(world)).to.deep.equal([ended, ended])
  })

  it('says so of one that went out in the very millisecond in which it was published, and not of one that had before', async () => {
    const world = aWorld({ atMs: NOW_MS })
    await take(world, schedule(1_000))
    const { slot, key } = arriving(1_000, { id: 'a' })
    await world.clock.advance(10_000)
    await world.table.checkpoint(slot, 0, { delivered: [key], upTo: '~', lateMs: [0] })
    const cancel = aRecord(JSON.stringify({ action: 'cancel', id: 'a' }), { publishedAtMs: world.clock.now() })
    const [then, after] = [1_000, 1_001].map((ms) => aRecord(move(9_000_000), { publishedAtMs: NOW_MS + ms }))
    const handle = (record = aRecord('')) => world.clock.run(functionsOf(world).validator(aBatch(record)))
    for (const record of [aRecord(schedule(900_000), { publishedAtMs: NOW_MS + 5_000 }), cancel, after])
      await handle(record)
    expect(told(world)).to.deep.equal([])
    await handle(then)
    expect(told(world)).to.deep.equal([`EVENT_ENDED No event a is pending: that for ${inMs(1_000)} is delivered.`])
  })

  it('is refused where ids are not indexed', async () => {
    const world = aWorld({ atMs: NOW_MS, index: 'none' })
    await take(world, schedule(60_000), move(120_000))
    expect(told(world)).to.deep.equal([
      'NOT_INDEXED This stack does not index ids (its setting index is none): give the date of the event.',
    ])
  })
})
