import { expect } from 'chai'
import { NOTICE_MS } from '../../core/timetable.ts'
import { MAX_NOTICES, MAX_WAITING_UNITS } from '../../functions/turns-per-topic.ts'
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

  it('goes to the stack’s failure topic when too many wait for that of its event', async () => {
    const world = aWorld()
    world.topics.slow(OWN, 10_000)
    const { notify } = stepsOf(world)
    const large = { ...asTold, event: JSON.stringify('x'.repeat(MAX_WAITING_UNITS - 2)) }
    const waiting = Array.from({ length: MAX_NOTICES }, () => notify({ ...asTold, failureTopic: OWN }))
    waiting.push(notify({ ...large, failureTopic: OWN }), notify({ ...asTold, failureTopic: OWN }))
    await world.clock.advance(1)
    expect(world.topics.notices(FAILURE_TOPIC)).to.deep.equal([notice])
    await world.clock.run(Promise.all(waiting))
    expect(world.topics.notices(OWN)).to.have.length(MAX_NOTICES + 1)
  })

  it('is a fault that says so when too many wait for the stack’s own', async () => {
    const world = aWorld()
    world.topics.slow(FAILURE_TOPIC, 10_000)
    const { notify } = stepsOf(world)
    const large = { ...asTold, event: 'x'.repeat(MAX_WAITING_UNITS) }
    const waiting = [...Array.from({ length: MAX_NOTICES }, () => notify(asTold)), notify(large)]
    await world.clock.advance(1)
    const fault = await notify(asTold).catch((error: unknown) => error)
    expect(fault).to.include({
      code: 'NOTICE_NOT_SENT',
      message: `The failure topic ${FAILURE_TOPIC} does not take notices: too many notices wait for it`,
    })
    await world.clock.run(Promise.all(waiting))
  })

  it('makes room for the next when it is done with, sent or not', async () => {
    const world = aWorld()
    world.topics.fail(OWN, 'TARGET_DENIED')
    const { notify } = stepsOf(world)
    for (let i = 0; i < MAX_NOTICES; i++) await notify({ ...asTold, failureTopic: OWN })
    world.topics.fail(OWN, undefined)
    await world.clock.run(notify({ ...asTold, failureTopic: OWN }))
    expect(world.topics.notices(OWN)).to.have.length(1)
  })

  it('is not tried again once it has taken as long as a notice may', async () => {
    for (const [slowMs, tries] of [
      [NOTICE_MS, 1],
      [NOTICE_MS - 1, 2],
    ] as const) {
      const world = aWorld({ atMs: MINUTE_MS })
      let asked = 0
      const topics = {
        ...world.topics,
        notify: async () => {
          asked++
          await world.clock.sleep(slowMs)
          return { ok: false, code: 'TARGET_UNAVAILABLE', error: 'slow' } as const
        },
      }
      await tell({ ...world, topics }).catch(() => {})
      expect(asked, `${slowMs} ms`).to.equal(tries)
    }
  })
})
