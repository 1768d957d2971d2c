import { expect } from 'chai'
import { FAILURE_TOPIC, MINUTE_MS, topicArn } from '../support/builders.ts'
import { aWorld, stepsOf, type World } from '../support/world.ts'

const OWN = topicArn('my-failures')
const notice = { code: 'DATE_INVALID', error: 'A sentence.', event: { date: 'x' } } as const
const asTold = { ...notice, event: JSON.stringify(notice.event) }
const tell = (world: World, failureTopic?: string) =>
  world.clock.run(stepsOf(world).notify({ ...asTold, failureTopic }))

describe('a failure notice', () => {
  it('goes to the failure topic of its event, and to no other', async () => {
    const world = aWorld()
    await tell(world, OWN)
    expect(world.topics.notices(OWN)).to.deep.equal([notice])
    expect(world.topics.notices(FAILURE_TOPIC)).to.deep.equal([])
  })

  it('has attributes by which a subscription can filter: its code and the id of its event', async () => {
    const world = aWorld()
    await world.clock.run(stepsOf(world).notify({ ...asTold, id: 'an-id' }))
    const attributes = { code: 'DATE_INVALID', event_id: 'an-id' }
    expect(world.topics.noticeMessages(FAILURE_TOPIC).map((message) => message.attributes)).to.deep.equal([attributes])
  })

  it('goes to the stack’s failure topic when its event names none', async () => {
    const world = aWorld()
    await tell(world)
    expect(world.topics.notices(FAILURE_TOPIC)).to.deep.equal([notice])
  })

  for (const code of ['TARGET_NOT_FOUND', 'TARGET_DENIED', 'TARGET_REFUSED', 'TARGET_UNAVAILABLE'] as const)
    it(`goes to the stack’s failure topic when that of its event answers ${code}`, async () => {
      const world = aWorld()
      world.topics.fail(OWN, code)
      await tell(world, OWN)
      expect(world.topics.notices(FAILURE_TOPIC)).to.deep.equal([notice])
    })

  it('is tried again for three seconds where the topic is throttled', async () => {
    const world = aWorld({ atMs: MINUTE_MS })
    world.topics.throttle(OWN, 3)
    await tell(world, OWN)
    expect(world.topics.notices(OWN)).to.have.length(1)
    expect(world.clock.now() - MINUTE_MS).to.be.within(1_575, 2_625)
  })

  it('is a fault when the stack’s failure topic does not take it either', async () => {
    const world = aWorld()
    world.topics.fail(OWN, 'TARGET_DENIED')
    world.topics.fail(FAILURE_TOPIC, 'TARGET_DENIED')
    const fault = await tell(world, OWN).catch((error: unknown) => error)
    expect(fault).to.have.property('code', 'NOTICE_NOT_SENT')
    expect(fault)
      .to.have.property('message')
      .that.matches(new RegExp(`^The failure topic ${FAILURE_TOPIC} does not take notices: .+`))
  })

  it('is tried once where a topic refuses it, and four times where it is unavailable', async () => {
    for (const [code, leastMs, mostMs] of [
      ['TARGET_DENIED', 0, 0],
      ['TARGET_UNAVAILABLE', 1_575, 2_625],
    ] as const) {
      const world = aWorld({ atMs: MINUTE_MS })
      world.topics.fail(FAILURE_TOPIC, code)
      expect(await tell(world).catch(({ code }) => code)).to.equal('NOTICE_NOT_SENT')
      expect(world.clock.now() - MINUTE_MS).to.be.within(leastMs, mostMs)
    }
  })
})
