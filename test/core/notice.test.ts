import { expect } from 'chai'
import { whyNotCarried } from '../../core/carried-text.ts'
import { asReceived } from '../../core/event.ts'
import { noticeAttributes, noticeBody } from '../../core/notice.ts'
import { attributesBytes, MAX_MESSAGE_BYTES, utf8Bytes } from '../../core/output-message.ts'
import { anEvent } from '../support/builders.ts'

describe('the body of a failure notice', () => {
  it('has error, code and the event as it was received', () => {
    const event = { date: 'tomorrow', target: 'x', extra: [1] }
    const notice = { code: 'DATE_INVALID', error: 'A sentence.', failureTopic: 'arn:f' } as const
    const body = noticeBody({ ...notice, event: JSON.stringify(event) })
    expect(JSON.parse(body)).to.deep.equal({ error: 'A sentence.', code: 'DATE_INVALID', event })
  })

  it('is a message that can be published again, cut out of the notice', () => {
    const event = anEvent()
    const { event: again } = JSON.parse(
      noticeBody({ code: 'TARGET_DENIED', error: '', event: JSON.stringify(asReceived(event)) }),
    )
    expect(again).to.include({ id: event.id, date: event.date, target: event.target, payload: event.payload })
  })

  it('is whole at exactly 256 KiB with its attributes, and cut and marked one byte above', () => {
    const notice = { code: 'MESSAGE_INVALID', error: 'e', event: '""', id: 'an-id' } as const
    const overhead = utf8Bytes(noticeBody(notice)) + attributesBytes(noticeAttributes(notice))
    const at = (bytes: number) =>
      JSON.parse(noticeBody({ ...notice, event: JSON.stringify('x'.repeat(bytes - overhead)) }))
    expect(at(MAX_MESSAGE_BYTES)).to.not.have.property('truncated')
    const cut = at(MAX_MESSAGE_BYTES + 1)
    expect(cut).to.have.property('truncated', true)
    expect(cut.event).to.match(/^"x+$/)
  })

  for (const [what, text] of [
    ['control characters, which JSON writes sixfold', '\u0001'],
    ['quotes, which JSON writes twofold', '"'],
    ['three-byte characters', '€'],
    ['surrogate pairs', '😀'],
  ] as const)
    it(`fits into one SNS message for an event full of ${what}`, () => {
      for (const event of [text.repeat(140_000), { payload: text.repeat(140_000) }]) {
        const body = noticeBody({ code: 'PAYLOAD_TOO_LARGE', error: 'e', event: JSON.stringify(event) })
        expect(Buffer.byteLength(body)).to.be.at.most(MAX_MESSAGE_BYTES)
        expect(JSON.parse(body).truncated).to.equal(true)
      }
    })

  it('keeps at least a quarter of what there is room for', () => {
    const body = noticeBody({ code: 'PAYLOAD_TOO_LARGE', error: 'e', event: JSON.stringify('x'.repeat(300_000)) })
    expect(body.length).to.be.above(MAX_MESSAGE_BYTES / 4)
  })

  it('fits into one SNS message however long the error and however much of the event is left', () => {
    const error = '\u0001'.repeat(50_000)
    for (let length = 250_000; length < 263_000; length += 397) {
      const body = noticeBody({ code: 'PAYLOAD_INVALID', error, event: JSON.stringify('x'.repeat(length)) })
      expect(Buffer.byteLength(body)).to.be.at.most(MAX_MESSAGE_BYTES)
    }
  })

  it('keeps every digit of a number, and everything else as it was written', () => {
    const event = '{"payload": 12345678901234567890, "order": 738529527931269425, "a": -0, "a": 1e400, "b": "\\u00e9"}'
    expect(noticeBody({ code: 'PAYLOAD_INVALID', error: 'e', event })).to.contain(event)
  })

  it('names the event and the message, where they are known', () => {
    const notice = { code: 'DATE_INVALID', error: 'e', event: '{}', id: 'an-id', messageId: 'sns-id' } as const
    expect(JSON.parse(noticeBody(notice))).to.include({ id: 'an-id', message_id: 'sns-id' })
    expect(noticeAttributes(notice)).to.deep.equal({ code: 'DATE_INVALID', event_id: 'an-id' })
    expect(noticeAttributes({ ...notice, id: undefined })).to.deep.equal({ code: 'DATE_INVALID' })
  })

  it('has nothing in it that SNS does not carry', () => {
    const event = JSON.stringify({ payload: 'a\u0000\u0001\ufffe\uffff\ud800b' })
    for (const truncated of [event, `"${event.slice(1, -1).replaceAll('"', '').repeat(20_000)}"`]) {
      const body = noticeBody({ code: 'PAYLOAD_INVALID', error: 'e', event: truncated })
      expect(whyNotCarried(body)).to.equal(undefined)
      expect(() => JSON.parse(body)).to.not.throw()
    }
  })
})
