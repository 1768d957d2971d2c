import { expect } from 'chai'
import type { NoticeMessage, Topics } from '../../aws/topics.ts'
import { MAX_MESSAGE_BYTES, messageBytes } from '../../core/output-message.ts'
import { anEvent, MINUTE_MS } from '../support/builders.ts'

/** Topics under test, and what looks behind them. */
export interface TopicsUnderTest {
  topics: Topics
  /** ARN of a topic that exists. */
  target: string
  /** ARN of a topic that does not exist. */
  unknown: string
  /** The next `count` messages the target has taken, in any order. */
  taken(count: number): Promise<{ payload: string; attributes: Record<string, string> }[]>
  /** The one notice that the target has taken. */
  noticed(): Promise<NoticeMessage>
}

/** What publishing does, whoever takes the messages. */
export function behavesLikeTopics(where: string, create: () => Promise<TopicsUnderTest>): void {
  describe(`the topics ${where}`, () => {
    let under: TopicsUnderTest
    beforeEach(async () => {
      under = await create()
    })

    it('take an event as its bare payload, with its id, due time and attempt as attributes', async () => {
      const event = anEvent({ id: 'my-event', dueAtMs: MINUTE_MS + 789, attempt: 2, payload: '{"ä": "😀"}' })
      expect(await under.topics.publish(under.target, [event])).to.deep.equal([{ ok: true }])
      const attributes = { event_id: 'my-event', due: '2026-11-23T12:34:00.789Z', attempt: '2' }
      expect(await under.taken(1)).to.deep.equal([{ payload: '{"ä": "😀"}', attributes }])
    })

    it('take ten events at once', async () => {
      const events = Array.from({ length: 10 }, () => anEvent())
      const results = await under.topics.publish(under.target, events)
      expect(results).to.deep.equal(events.map(() => ({ ok: true })))
      const taken = await under.taken(10)
      expect(taken.map(({ payload }) => payload)).to.have.members(events.map(({ payload }) => payload))
    })

    it('take the largest event there may be', async () => {
      const event = ofBytes(MAX_MESSAGE_BYTES)
      expect(await under.topics.publish(under.target, [event])).to.deep.equal([{ ok: true }])
      expect((await under.taken(1))[0]?.payload).to.equal(event.payload)
    })

    it('refuse an event one byte larger, and take its neighbours', async () => {
      const results = await under.topics.publish(under.target, [anEvent(), ofBytes(MAX_MESSAGE_BYTES + 1), anEvent()])
      expect(results.map(({ ok }) => ok)).to.deep.equal([true, false, true])
      expect(results[1]).to.have.property('code', 'TARGET_REFUSED')
      expect(await under.taken(2)).to.have.length(2)
    })

    it('say of every event that the target does not exist', async () => {
      const results = await under.topics.publish(under.unknown, [anEvent(), anEvent()])
      expect(results.map((result) => !result.ok && result.code)).to.deep.equal(['TARGET_NOT_FOUND', 'TARGET_NOT_FOUND'])
    })

    it('take a notice, with attributes to filter by', async () => {
      const notice = { body: '{"error": "a sentence"}', attributes: { code: 'DATE_INVALID', event_id: 'my-event' } }
      expect(await under.topics.notify(under.target, notice)).to.deep.equal({ ok: true })
      expect(await under.noticed()).to.deep.equal(notice)
    })

    it('say of a notice that the topic does not exist', async () => {
      expect(await under.topics.notify(under.unknown, { body: '{}', attributes: {} })).to.include({
        ok: false,
        code: 'TARGET_NOT_FOUND',
      })
    })
  })
}

/** An event that counts `bytes` against SNS's limit. */
function ofBytes(bytes: number) {
  const event = anEvent({ payload: '' })
  return { ...event, payload: 'x'.repeat(bytes - messageBytes(event)) }
}
