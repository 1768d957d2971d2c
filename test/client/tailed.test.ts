import { expect } from 'chai'
import { readTailed } from '../../client/tailed.ts'
import type { Notice } from '../../core/notice.ts'
import { noticeAttributes, noticeBody } from '../../core/notice.ts'
import { attributesOf } from '../../core/output-message.ts'
import { anEvent, MINUTE_MS, topicArn } from '../support/builders.ts'

/** A message as SNS wraps it for a queue. */
function wrapped(message: string, attributes: Record<string, string>, more: object = {}): string {
  const entries = Object.entries(attributes).map(([name, Value]) => [name, { Type: 'String', Value }])
  const MessageAttributes = Object.fromEntries(entries)
  const Timestamp = new Date(MINUTE_MS).toISOString()
  const head = { Type: 'Notification', MessageId: 'an-id', TopicArn: topicArn(), Timestamp }
  return JSON.stringify({ ...head, Message: message, MessageAttributes, ...more })
}

describe('what a client tails', () => {
  it('is a delivery, as the scheduler publishes it, and how late it was', () => {
    const event = anEvent({ id: 'my-event', dueAtMs: MINUTE_MS - 5, attempt: 2, payload: 'hello' })
    expect(readTailed(wrapped(event.payload, attributesOf(event)))).to.deep.equal({
      kind: 'delivery',
      id: 'my-event',
      dueAtMs: MINUTE_MS - 5,
      attempt: 2,
      payload: 'hello',
      traceparent: undefined,
      topicArn: topicArn(),
      takenAtMs: MINUTE_MS,
      latenessMs: 5,
    })
  })

  it('is never late by less than nothing, whatever the clock of SNS says', () => {
    const event = anEvent({ dueAtMs: MINUTE_MS + 3 })
    expect(readTailed(wrapped(event.payload, attributesOf(event)))).to.have.property('latenessMs', 0)
  })

  const notice: Notice = { code: 'DATE_INVALID', error: 'A sentence.', event: '{"date":"soon"}', id: 'my-event' }
  it('is a notice, as the scheduler publishes it', () => {
    const { id, code, error } = notice
    const expected = { kind: 'notice', id, code, error, event: { date: 'soon' }, topicArn: topicArn() }
    const body = wrapped(noticeBody(notice), noticeAttributes(notice))
    expect(readTailed(body)).to.deep.equal({ ...expected, takenAtMs: MINUTE_MS })
  })

  it('is a notice of what has no id', () => {
    const { id: _, ...nameless } = notice
    expect(readTailed(wrapped(noticeBody(nameless), noticeAttributes(nameless)))).to.include({ id: undefined })
  })

  for (const [what, body] of [
    ['no JSON', 'hello'],
    ['no envelope', '{}'],
    ['what others publish to the same topic', wrapped('hello', {})],
    ['what others publish with attributes of their own', wrapped('hello', { event_id: 'one' })],
    ['a due that is no date', wrapped('hello', { event_id: 'one', due: 'soon', attempt: '1' })],
    ['JSON that is no notice', wrapped('{"code": "DATE_INVALID", "error": "A sentence."}', {})],
  ] as const)
    it(`is not ${what}`, () => {
      expect(readTailed(body)).to.equal(undefined)
    })
})
