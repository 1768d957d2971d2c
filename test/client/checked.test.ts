import { expect } from 'chai'
import { checked } from '../../client/checked.ts'
import { parseRequest } from '../../core/request.ts'
import { MINUTE_MS, topicArn } from '../support/builders.ts'

const RULES = { allowedTargets: ['*'], enforceUser: true }
const checking = { rules: RULES, nowMs: MINUTE_MS }
const EVENT = { id: 'an-id', date: '2026-11-23T12:35Z', target: topicArn(), user: 'me', payload: 'hello' }
const faultOf = (message: unknown, more = {}) => {
  try {
    return checked(message as object, { ...checking, ...more })
  } catch (fault) {
    return fault as { code: string; message: string }
  }
}

/** What a message may have wrong with it, one thing each. */
const WRONG: Record<string, object> = {
  'no date': { ...EVENT, date: undefined },
  'a date in words': { ...EVENT, date: 'soon' },
  'a Date that is none': { ...EVENT, date: new Date('soon') },
  'a date in eleven years': { ...EVENT, date: '2038-01-01' },
  'a zone that there is not': { ...EVENT, date: '2027-01-01T12:00[Europe/Nowhere]' },
  'no target': { ...EVENT, target: undefined },
  'a target that is no topic': { ...EVENT, target: 'my-topic' },
  'no user': { ...EVENT, user: undefined },
  'an empty payload': { ...EVENT, payload: '' },
  'a payload that is no string': { ...EVENT, payload: { hello: 'world' } },
  'a payload that SNS does not carry': { ...EVENT, payload: '\u0000' },
  'an id with a space': { ...EVENT, id: 'an id' },
  'a latest before its date': { ...EVENT, latest: '2026-11-23T12:34Z' },
  'an action that there is not': { ...EVENT, action: 'postpone' },
  'a misspelt field': { ...EVENT, failureTopic: topicArn('failure') },
  'a new date like the old one': { action: 'reschedule', id: 'an-id', date: EVENT.date, new_date: EVENT.date },
}

describe('a message that is checked before it is sent', () => {
  it('goes out as it is, with its dates as text', () => {
    const { text, request } = checked({ ...EVENT, date: new Date(MINUTE_MS), own: 'field' }, checking)
    expect(JSON.parse(text)).to.deep.equal({ ...EVENT, date: '2026-11-23T12:34:00.000Z', own: 'field' })
    expect(request).to.include({ action: 'schedule', id: 'an-id', payload: 'hello' })
  })

  for (const [what, message] of Object.entries(WRONG))
    it(`is refused with the code and the sentence that the scheduler has for it: ${what}`, () => {
      const fault = faultOf(message)
      const text = JSON.stringify({
        ...message,
        date: (message as { date?: Date }).date instanceof Date ? 'NaN' : (message as typeof EVENT).date,
      })
      const publication = { messageId: 'published', atMs: MINUTE_MS }
      const notice = parseRequest(text, { publication, rules: RULES, nowMs: MINUTE_MS })
      expect(fault).to.include({ name: 'SchedulerError' })
      expect({ code: (fault as { code: string }).code, error: (fault as { message: string }).message }).to.deep.equal({
        code: (notice as { code: string }).code,
        error: (notice as { error: string }).error,
      })
    })

  it('is refused where the payload fits its target, but not the message that brings it here', () => {
    const fault = faultOf({ ...EVENT, payload: '"'.repeat(140_000) })
    expect(fault).to.have.property('code', 'PAYLOAD_TOO_LARGE')
    expect(fault)
      .to.have.property('message')
      .that.matches(/^The message is 280\d{3} bytes as JSON, SNS carries 262144\. /)
  })

  it('is refused where JSON cannot say it', () => {
    const circle: Record<string, unknown> = { ...EVENT }
    circle.own = circle
    for (const message of [circle, { ...EVENT, own: 1n }])
      expect(faultOf(message)).to.have.property('code', 'MESSAGE_INVALID')
  })

  for (const [what, message] of [
    ['nothing', undefined],
    ['null', null],
    ['a text', 'hello'],
    ['a list', [EVENT]],
  ] as const)
    it(`is refused where it is no object: ${what}`, () => {
      expect(faultOf(message)).to.have.property('code', 'MESSAGE_INVALID')
    })

  it('knows of the stack what its user says of it', () => {
    const rules = { allowedTargets: ['arn:aws:sns:*:*:orders-*'], enforceUser: false }
    expect(faultOf(EVENT, { rules })).to.have.property('code', 'TARGET_NOT_ALLOWED')
    expect(faultOf({ ...EVENT, target: topicArn('orders-eu'), user: undefined }, { rules })).to.have.property('request')
  })
})
