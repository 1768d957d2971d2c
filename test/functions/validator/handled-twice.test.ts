import { expect } from 'chai'
import { arriving, NOW_MS } from '../../support/arriving.ts'
import { aBatch, aMessage, aRecord, FAILURE_TOPIC, topicArn } from '../../support/builders.ts'
import { drain } from '../../support/drain.ts'
import { aWorld, functionsOf, type World } from '../../support/world.ts'

const inMs = (ms: number) => new Date(NOW_MS + ms).toISOString()
const handle = (world: World, record: ReturnType<typeof aRecord>) => functionsOf(world).validator(aBatch(record))
const codes = (world: World) => world.topics.notices(FAILURE_TOPIC).map(({ code }) => code)
const delivered = (world: World, topic = topicArn()) => world.topics.received(topic).map(({ payload }) => payload)

describe('a message that is handled twice is answered once and for all', () => {
  it('a cancel that is handled twice at once, while its event is parked, is done or refused, and not both', async () => {
    const world = aWorld({ atMs: NOW_MS })
    const event = arriving(3_000, { id: 'a', publication: { messageId: 'the event', atMs: NOW_MS - 20 } })
    let isParked = false
    const table: World['table'] = {
      ...world.table,
      async lookUp(refs) {
        const found = await world.table.lookUp(refs)
        // The one that looks first does not see it.
        if (!isParked) await world.table.park([event])
        isParked = true
        return found
      },
      async concludeFirst(outcome) {
        await world.clock.sleep(10)
        return world.table.concludeFirst(outcome)
      },
    }
    const cancel = JSON.stringify({ action: 'cancel', id: 'a', date: event.date })
    const record = aRecord(cancel, { publishedAtMs: NOW_MS })
    const first = handle({ ...world, table }, record)
    await world.clock.advance(5)
    await world.clock.run(Promise.all([first, handle(world, record)]))
    await drain(world)
    expect([...codes(world), ...delivered(world)]).to.have.length(codes(world).includes('TOO_LATE') ? 2 : 0)
  })

  it('an event that was refused because another stood there stays refused when that one has failed since', async () => {
    const world = aWorld({ atMs: NOW_MS })
    world.topics.fail(topicArn('broken'), 'TARGET_NOT_FOUND')
    const first = aMessage({ id: 'a', date: inMs(3_000), target: topicArn('broken') })
    await world.clock.run(handle(world, aRecord(first, { publishedAtMs: NOW_MS })))
    const another = aMessage({ id: 'a', date: inMs(3_000), payload: 'another', replace: true })
    const record = aRecord(another, { publishedAtMs: NOW_MS + 1_500 })
    await world.clock.advance(1_500)
    await world.clock.run(handle(world, record))
    expect(codes(world)).to.deep.equal(['EVENT_EXISTS'])
    await drain(world, 3)
    expect(codes(world)).to.include('TARGET_NOT_FOUND')
    await world.clock.run(handle(world, record))
    await drain(world)
    expect(delivered(world)).to.deep.equal([])
    expect(codes(world).filter((code) => code === 'EVENT_EXISTS')).to.have.length(2)
  })
})
