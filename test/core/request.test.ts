import { expect } from 'chai'
import type { RejectionCode } from '../../core/errors.ts'
import { MAX_EVENT_BYTES } from '../../core/event-size.ts'
import type { Notice } from '../../core/notice.ts'
import { MAX_MESSAGE_BYTES, messageBytes } from '../../core/output-message.ts'
import { isNotice, parseRequest, type Request } from '../../core/request.ts'
import { MAX_AHEAD_MS } from '../../core/timetable.ts'
import { aMessage, anEvent, MINUTE_MS, topicArn } from '../support/builders.ts'

const NOW_MS = MINUTE_MS - 600_000
const RULES = { allowedTargets: ['arn:aws:sns:eu-west-1:123456789012:*'], enforceUser: true }
const FOREIGN = 'arn:aws:sns:eu-west-1:999999999999:topic'

const PUBLICATION = { messageId: 'sns-id', atMs: NOW_MS - 50 }
const parse = (message: string, rules = RULES) =>
  parseRequest(message, { publication: PUBLICATION, rules, nowMs: NOW_MS })
const accepted = (fields: Record<string, unknown>, rules = RULES): Request => {
  const answer = parse(aMessage(fields), rules)
  if (isNotice(answer)) throw new Error(`${answer.code}: ${answer.error}`)
  return answer
}
const rejected = (message: string, rules = RULES): Notice => {
  const answer = parse(message, rules)
  if (!isNotice(answer)) throw new Error('It was accepted')
  return answer
}

describe('an event to schedule', () => {
  it('is read with all its fields', () => {
    const message = {
      action: 'schedule',
      id: 'my-event_1',
      date: '2026-11-23T13:34:56.789+01:00',
      target: topicArn('t'),
      user: 'me',
      payload: '{"a":1}',
      failure_topic: topicArn('f'),
      latest: '2026-11-23T12:35:00Z',
    }
    expect(accepted(message)).to.deep.equal({
      action: 'schedule',
      publication: PUBLICATION,
      id: 'my-event_1',
      date: { text: message.date, atMs: Date.parse(message.date) },
      target: topicArn('t'),
      user: 'me',
      payload: '{"a":1}',
      failureTopic: topicArn('f'),
      latest: { text: message.latest, atMs: Date.parse(message.latest) },
      traceparent: undefined,
      replace: undefined,
    })
  })

  it('is read as the ancestor’s clients send it', () => {
    const date = '2026-11-23T12:20:24.919071'
    expect(accepted({ date, failure_topic: topicArn('f') })).to.deep.include({
      action: 'schedule',
      id: 'sns-id',
      date: { text: date, atMs: Date.parse('2026-11-23T12:20:24.920Z') },
      failureTopic: topicArn('f'),
    })
  })

  it('needs neither id nor failure topic nor latest', () => {
    expect(accepted({})).to.deep.include({ id: 'sns-id', failureTopic: undefined, latest: undefined })
  })

  for (const field of ['id', 'failure_topic', 'latest', 'action'])
    it(`may have null for ${field}, which is as if it were left out`, () => {
      expect(accepted({ [field]: null })).to.deep.equal(accepted({}))
    })

  it('may have an empty failure topic, which is none', () => {
    expect(accepted({ failure_topic: '' })).to.have.property('failureTopic', undefined)
  })

  it('may have fields of its client’s, which are left alone', () => {
    expect(accepted({ note: 'x', __proto__: { action: 'cancel' } })).to.deep.equal(accepted({}))
  })

  it('may be past due', () => {
    expect(accepted({ date: '2020-01-01T00:00:00Z' })).to.have.property('action', 'schedule')
  })

  it('may be due in the first millisecond of 1970', () => {
    expect(accepted({ date: '1970-01-01T00:00:00.000Z' })).to.have.property('action', 'schedule')
  })

  it('is read by the rules of its own stack', () => {
    for (const enforceUser of [false, true]) {
      const answer = parse(aMessage({ user: undefined }), { ...RULES, enforceUser })
      expect(isNotice(answer)).to.equal(enforceUser)
    }
  })

  it('may be due exactly ten years ahead', () => {
    const date = new Date(NOW_MS + MAX_AHEAD_MS).toISOString()
    expect(accepted({ date })).to.have.property('action', 'schedule')
  })

  it('may have an id of 1 and of 64 characters', () => {
    for (const id of ['a', 'x'.repeat(64), 'A-Za-z0-9_-', '--', '0'])
      expect(accepted({ id })).to.have.property('id', id)
  })

  it('may have a payload that fills an SNS message to the last byte', () => {
    const event = anEvent({ id: 'sns-id', payload: '', attempt: 100 })
    const payload = 'x'.repeat(MAX_MESSAGE_BYTES - messageBytes(event))
    expect(accepted({ payload })).to.have.property('payload', payload)
    expect(rejected(aMessage({ payload: `${payload}x` }))).to.have.property('code', 'PAYLOAD_TOO_LARGE')
  })

  it('may have any payload that SNS carries', () => {
    for (const payload of [' ', '\t\n\r', '😀', '\ufffd', '\u007f\u009f', '\\', '{"nested": "json"}'])
      expect(accepted({ payload })).to.have.property('payload', payload)
  })

  it('may have a latest that is a second after its date', () => {
    const [date, latest] = [MINUTE_MS, MINUTE_MS + 1_000].map((atMs) => new Date(atMs).toISOString())
    expect(accepted({ date, latest })).to.have.property('action', 'schedule')
  })

  it('may have fields that fill an item of the table, and is refused with one byte more', () => {
    const texts = Object.values<string>(JSON.parse(aMessage({ user: '' })))
    const user = 'u'.repeat(MAX_EVENT_BYTES - ['sns-id', ...texts].join('').length)
    expect(accepted({ user })).to.have.property('user', user)
    const { code, error } = rejected(aMessage({ user: `${user}u` }))
    expect(code).to.equal('MESSAGE_TOO_LARGE')
    expect(error).to.match(/are 400001 bytes, 400000 are taken\. Shorten user, which is \d+ bytes\.$/)
  })

  it('may have a payload that is short, however long JSON makes it', () => {
    const payload = 'x'.repeat(100_000)
    const escaped = aMessage({ payload }).replaceAll('x', '\\u0078')
    expect(escaped.length).to.be.above(MAX_EVENT_BYTES)
    expect(parse(escaped)).to.deep.include({ payload })
  })

  it('may have a byte order mark before it, which is ignored', () => {
    expect(parse(`\ufeff${aMessage({})}`)).to.deep.equal(accepted({}))
  })
})

describe('a user', () => {
  const free = { ...RULES, enforceUser: false }

  it('may be missing where enforceUser is off', () => {
    expect(accepted({ user: undefined }, free)).to.have.property('user', undefined)
    expect(accepted({ user: null }, free)).to.have.property('user', undefined)
    expect(accepted({ user: '' }, free)).to.have.property('user', '')
  })

  it('may be anything where enforceUser is off, and is kept as text', () => {
    expect(accepted({ user: { team: 'a' } }, free)).to.have.property('user', '{"team":"a"}')
    expect(accepted({ user: 7 }, free)).to.have.property('user', '7')
  })

  it('keeps every digit of a number', () => {
    const message = aMessage({ user: 0 }).replace('"user":0', '"user":{"account":12345678901234567890}')
    expect(parse(message, free)).to.have.property('user', '{"account":12345678901234567890}')
  })

  it('may be nested 100 levels deep where enforceUser is off, and not a level deeper', () => {
    const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`
    const message = (levels: number) => aMessage({ user: 0 }).replace('"user":0', `"user":${nested(levels)}`)
    expect(parse(message(100), free)).to.have.property('user', nested(100))
    for (const levels of [101, 100_000]) {
      const { code, error } = rejected(message(levels), free)
      expect(code).to.equal('MESSAGE_INVALID')
      expect(error).to.equal('user is nested deeper than 100 levels.')
    }
  })

  it('has its size counted as it is kept, not as it was sent', () => {
    const message = aMessage({ user: 0 }).replace('"user":0', `"user":"${'€'.repeat(133_334)}"`)
    expect(rejected(message, free)).to.have.property('code', 'MESSAGE_TOO_LARGE')
  })
})

describe('a request to cancel', () => {
  it('is read', () => {
    const date = '2026-11-23T12:34:00Z'
    const message = JSON.stringify({ action: 'cancel', id: 'a', date, failure_topic: topicArn('f') })
    expect(parse(message)).to.deep.equal({
      action: 'cancel',
      publication: PUBLICATION,
      id: 'a',
      date: { text: date, atMs: MINUTE_MS },
      failureTopic: topicArn('f'),
    })
  })

  it('needs an id, since a message of its own has another', () => {
    const message = JSON.stringify({ action: 'cancel', date: '2026-11-23T12:34:00Z' })
    expect(rejected(message)).to.deep.include({ code: 'ID_INVALID', error: 'id is missing: it must be a string.' })
  })

  it('means all that is pending under its id without a date', () => {
    expect(parse(JSON.stringify({ action: 'cancel', id: 'a' }))).to.deep.include({ action: 'cancel', date: undefined })
  })

  it('does not take a date that is none for one that is missing', () => {
    const message = JSON.stringify({ action: 'cancel', id: 'a', date: 'soon' })
    expect(rejected(message)).to.have.property('code', 'DATE_INVALID')
  })
})

describe('a request that replaces', () => {
  const replacing = (fields: Record<string, unknown>) => aMessage({ replace: true, ...fields })

  it('says so', () => {
    expect(parse(replacing({ id: 'a' }))).to.include({ action: 'schedule', replace: true })
  })

  it('needs an id of its own', () => {
    expect(rejected(replacing({}))).to.deep.include({
      code: 'ID_INVALID',
      error: 'replace needs an id of your own: what is pending under it is replaced.',
    })
  })

  it('says true or false', () => {
    const { code, error } = rejected(replacing({ id: 'a', replace: 'yes' }))
    expect({ code, error }).to.deep.equal({
      code: 'MESSAGE_INVALID',
      error: 'replace is "yes": it must be true or false.',
    })
  })

  it('is one that schedules', () => {
    const message = JSON.stringify({ action: 'cancel', id: 'a', replace: true })
    expect(rejected(message).error).to.include('replace belongs to the action schedule')
  })
})

describe('a request to reschedule', () => {
  const message = { action: 'reschedule', id: 'a', date: '2026-11-23T12:34:00Z', new_date: '2026-11-23T12:44:00Z' }

  it('is read, with what may be changed besides', () => {
    expect(parse(JSON.stringify({ ...message, payload: 'p', target: topicArn('t') }))).to.deep.equal({
      action: 'reschedule',
      publication: PUBLICATION,
      id: 'a',
      date: { text: message.date, atMs: MINUTE_MS },
      newDate: { text: message.new_date, atMs: MINUTE_MS + 600_000 },
      payload: 'p',
      target: topicArn('t'),
      failureTopic: undefined,
    })
  })

  it('needs neither payload nor target', () => {
    expect(parse(JSON.stringify(message))).to.deep.include({ payload: undefined, target: undefined })
  })

  it('need not say the date that it had', () => {
    const request = parse(JSON.stringify({ ...message, date: undefined }))
    expect(request).to.deep.include({ date: undefined, newDate: { text: message.new_date, atMs: MINUTE_MS + 600_000 } })
  })

  for (const [what, fields, code] of [
    ['without a new date', { new_date: undefined }, 'DATE_INVALID'],
    ['to the date it has, however it is written', { new_date: '2026-11-23T13:34:00+01:00' }, 'DATE_INVALID'],
    ['to a date too far ahead', { new_date: '2999-01-01' }, 'DATE_OUT_OF_RANGE'],
    ['without an id', { id: undefined }, 'ID_INVALID'],
    ['with a payload that is no string', { payload: {} }, 'PAYLOAD_INVALID'],
    ['to a target that is not allowed', { target: FOREIGN }, 'TARGET_NOT_ALLOWED'],
  ] as const)
    it(`is rejected ${what}`, () => {
      expect(rejected(JSON.stringify({ ...message, ...fields }))).to.have.property('code', code)
    })
})

describe('a message is rejected', () => {
  const cases: [string, string, RejectionCode, RegExp][] = [
    ['that is no JSON', 'hello', 'MESSAGE_NOT_JSON', /not JSON: Unexpected token 'h' at position 0, near "hello"/],
    ['that is empty', '', 'MESSAGE_NOT_JSON', /not JSON: Unexpected end of JSON input at position 0/],
    ['that is a number beyond doubles', '1e400', 'MESSAGE_INVALID', /is 1e400\./],
    [
      'nested 101 levels deep',
      `${'['.repeat(101)}${']'.repeat(101)}`,
      'MESSAGE_INVALID',
      /^The message is \[\[.*…\. Publish/,
    ],
    ['nested a million levels deep', '{"a":'.repeat(1_000_000), 'MESSAGE_NOT_JSON', /at position 5000000/],
    ['that is an array', '[1]', 'MESSAGE_INVALID', /is \[1\]/],
    ['that is null', 'null', 'MESSAGE_INVALID', /is null/],
    ['that is a string', '"x"', 'MESSAGE_INVALID', /is "x"/],
    ['that is a number', '7', 'MESSAGE_INVALID', /is 7/],
    ['without a date', aMessage({ date: undefined }), 'DATE_INVALID', /^date is missing/],
    ['whose date is null', aMessage({ date: null }), 'DATE_INVALID', /^date is missing/],
    ['whose date is a number', aMessage({ date: 1764000000000 }), 'DATE_INVALID', /^date is 1764000000000/],
    [
      'whose date does not exist',
      aMessage({ date: '2026-02-30' }),
      'DATE_INVALID',
      /"2026-02-30" is not a date that exists/,
    ],
    [
      'whose date is a number beyond 2^53',
      aMessage().replace(/"2026[^"]*"/, '12345678901234567890'),
      'DATE_INVALID',
      /^date is 12345678901234567890:/,
    ],
    ['whose date is no date', aMessage({ date: 'soon' }), 'DATE_INVALID', /"soon" is not/],
    ['whose date is empty', aMessage({ date: '' }), 'DATE_INVALID', /"" is not/],
    ['due before 1970', aMessage({ date: '1969-12-31T23:59:59.999Z' }), 'DATE_OUT_OF_RANGE', /1970/],
    ['due in the year 9999', aMessage({ date: '9999-12-31T23:59:59.999Z' }), 'DATE_OUT_OF_RANGE', /ten years/],
    ['without a target', aMessage({ target: undefined }), 'TARGET_INVALID', /^target is missing/],
    ['whose target is no ARN', aMessage({ target: 'topic' }), 'TARGET_INVALID', /"topic" is not the ARN/],
    ['whose target is a FIFO topic', aMessage({ target: `${topicArn()}.fifo` }), 'TARGET_INVALID', /standard/],
    ['whose target is not allowed', aMessage({ target: FOREIGN }), 'TARGET_NOT_ALLOWED', /allowedTargets/],
    ['without a user', aMessage({ user: undefined }), 'USER_MISSING', /^user is missing/],
    ['whose user is empty', aMessage({ user: '' }), 'USER_MISSING', /^user is empty/],
    ['whose user is no string', aMessage({ user: 7 }), 'USER_MISSING', /^user is 7/],
    ['without a payload', aMessage({ payload: undefined }), 'PAYLOAD_INVALID', /^payload is missing/],
    ['whose payload is empty', aMessage({ payload: '' }), 'PAYLOAD_INVALID', /^payload is empty/],
    ['whose payload is an object', aMessage({ payload: { a: 1 } }), 'PAYLOAD_INVALID', /JSON.stringify/],
    ['whose payload has a lone surrogate', aMessage({ payload: 'a\ud800b' }), 'PAYLOAD_INVALID', /surrogate/],
    ['whose payload ends within a pair', aMessage({ payload: '😀'.slice(0, 1) }), 'PAYLOAD_INVALID', /surrogate/],
    ['whose failure topic is no ARN', aMessage({ failure_topic: 'x' }), 'FAILURE_TOPIC_INVALID', /"x" is not the ARN/],
    ['whose failure topic is a number', aMessage({ failure_topic: 7 }), 'FAILURE_TOPIC_INVALID', /^failure_topic is 7/],
    ['whose id is empty', aMessage({ id: '' }), 'ID_INVALID', /"" is not 1 to 64/],
    ['whose id is too long', aMessage({ id: 'x'.repeat(65) }), 'ID_INVALID', /64/],
    ['whose id has other characters', aMessage({ id: 'a#b' }), 'ID_INVALID', /A-Za-z0-9_-/],
    ['whose id ends with a line break', aMessage({ id: 'a\n' }), 'ID_INVALID', /64/],
    ['whose id is a number', aMessage({ id: 7 }), 'ID_INVALID', /^id is 7/],
    ['whose latest is no date', aMessage({ latest: 'never' }), 'LATEST_INVALID', /"never"/],
    [
      'whose latest is less than a second after its date',
      aMessage({ latest: '2026-11-23T12:34:30.999Z' }),
      'LATEST_INVALID',
      /less than 1000 ms after/,
    ],
    [
      'whose latest is before its date',
      aMessage({ latest: '2026-11-23T12:34:29.999Z' }),
      'LATEST_INVALID',
      /less than/,
    ],
    [
      'whose action is unknown',
      aMessage({ action: 'delete' }),
      'ACTION_INVALID',
      /^action "delete" is not schedule, cancel or reschedule\.$/,
    ],
    [
      'that misspells a field',
      aMessage({ failureTopic: 'x' }),
      'MESSAGE_INVALID',
      /"failureTopic".*did you mean failure_topic\?/,
    ],
    ['with a letter wrong in a field', aMessage({ paylod: 'x' }), 'MESSAGE_INVALID', /did you mean payload\?/],
    [
      'with a new date and no action',
      aMessage({ new_date: 'x' }),
      'MESSAGE_INVALID',
      /new_date belongs to the action reschedule/,
    ],
    [
      'whose user has what SNS does not carry',
      aMessage({ user: 'a\uffff' }),
      'MESSAGE_INVALID',
      /^user has .*U\+FFFF at position 1/,
    ],
    [
      'that misspells a field it must have',
      aMessage({ date: undefined, dates: 'x' }),
      'DATE_INVALID',
      /^date is missing.*; "dates" is not.*did you mean date\?\.$/,
    ],
    ['whose payload SNS does not carry', aMessage({ payload: 'a\u0000' }), 'PAYLOAD_INVALID', /U\+0000 at position 1/],
    [
      'whose date is a week date',
      aMessage({ date: '2027-W10-3' }),
      'DATE_INVALID',
      /is a week date: give month and day/,
    ],
    ['whose date is an ordinal date', aMessage({ date: '2027-060' }), 'DATE_INVALID', /is an ordinal date/],
    ['whose date has no separators', aMessage({ date: '20270301T100000Z' }), 'DATE_INVALID', /is in the basic format/],
    ['whose date is the end of a day', aMessage({ date: '2027-03-01T24:00:00Z' }), 'DATE_INVALID', /00:00 of the next/],
    ['whose date is a leap second', aMessage({ date: '2016-12-31T23:59:60Z' }), 'DATE_INVALID', /leap second/],
    ['whose date does not exist', aMessage({ date: '2027-02-29T00:00Z' }), 'DATE_INVALID', /not a date that exists/],
    ['that is too large for the table', aMessage({ user: 'u'.repeat(450_000) }), 'MESSAGE_TOO_LARGE', /are taken/],
    [
      'whose date is nested 50,000 levels deep',
      `{"date": ${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
      'DATE_INVALID',
      /^date is \[\[\[.*…: it must be/,
    ],
    ['whose action is an object', aMessage({ action: {} }), 'ACTION_INVALID', /^action \{\} is not/],
  ]
  for (const [what, message, code, error] of cases)
    it(what, () => {
      const notice = rejected(message)
      expect(notice).to.have.property('code', code)
      expect(notice.error).to.match(error)
    })

  it('to be rescheduled to the date that it has', () => {
    const date = '2026-11-23T12:34:00Z'
    const message = JSON.stringify({ action: 'reschedule', id: 'a', date, new_date: date })
    expect(rejected(message).error).to.equal(`new_date ${date} is the date the event already has. Give another.`)
  })

  it('that the parser itself fails on, alone and with all that it said', () => {
    const broken = {
      get allowedTargets(): string[] {
        throw new Error('out of order')
      },
      enforceUser: true,
    }
    expect(rejected('{"date": "x"}', broken)).to.deep.equal({
      code: 'MESSAGE_INVALID',
      error:
        'The message cannot be read: Error: out of order. Publish a JSON object with date, target, user and payload.',
      event: '{"date": "x"}',
      messageId: 'sns-id',
    })
  })

  it('whose failure topic is not allowed, which is told to nobody but the stack', () => {
    const notice = rejected(aMessage({ failure_topic: FOREIGN }))
    expect(notice.error).to.match(/^failure_topic .*allowedTargets/)
    expect(notice).to.have.property('failureTopic', undefined)
  })
})

describe('the notice of a rejected message', () => {
  it('goes to the failure topic that the message names', () => {
    expect(rejected(aMessage({ date: 'x', failure_topic: topicArn('f') }))).to.have.property(
      'failureTopic',
      topicArn('f'),
    )
    const tooLarge = aMessage({ payload: 'x'.repeat(262_144), failure_topic: topicArn('f') })
    expect(rejected(tooLarge)).to.have.property('failureTopic', topicArn('f'))
  })

  for (const failure_topic of [undefined, null, '', 'x', 7, {}, FOREIGN])
    it(`goes to the stack’s failure topic where the message names ${JSON.stringify(failure_topic) ?? 'none'}`, () => {
      expect(rejected(aMessage({ date: 'x', failure_topic }))).to.have.property('failureTopic', undefined)
    })

  it('goes to the stack’s failure topic where the message names what is no topic, though all targets are allowed', () => {
    for (const failure_topic of ['x', [topicArn('f')]])
      expect(rejected(aMessage({ date: 'x', failure_topic }), { ...RULES, allowedTargets: ['*'] })).to.have.property(
        'failureTopic',
        undefined,
      )
  })

  it('has the message as it was received', () => {
    const message = { date: 'x', target: topicArn(), extra: [null, { a: 1 }] }
    expect(JSON.parse(rejected(JSON.stringify(message)).event)).to.deep.equal(message)
    expect(JSON.parse(rejected('hello').event)).to.equal('hello')
    const digits = '{"date": "x", "order": 738529527931269425}'
    expect(rejected(digits).event).to.equal(digits)
  })

  it('names everything that is wrong at once, each with its field', () => {
    const { error, code } = rejected(JSON.stringify({ date: 'x', payload: 7 }))
    expect(code).to.equal('DATE_INVALID')
    expect(error).to.match(/date .*; target is missing.*; user is missing.*; payload is 7/)
    expect(error).to.match(/\.$/)
  })

  it('names the message, and the event by its own id or that of the message', () => {
    expect(rejected(aMessage({ date: 'x' }))).to.include({ id: 'sns-id', messageId: 'sns-id' })
    expect(rejected(aMessage({ date: 'x', id: 'mine' }))).to.include({ id: 'mine', messageId: 'sns-id' })
    expect(rejected(aMessage({ date: 'x', id: 'a#b' }))).to.include({ id: undefined, messageId: 'sns-id' })
  })

  it('shows where the JSON breaks off, however far into the message', () => {
    const message = `{"payload": "${'x'.repeat(500)}", "user": "me",}`
    const { error } = rejected(message)
    expect(error)
      .to.contain(`at position ${message.length - 1}`)
      .and.contain('\\"user\\": \\"me\\",}')
  })

  it('does not repeat a long value', () => {
    expect(rejected(aMessage({ date: 'x'.repeat(100_000) })).error.length).to.be.below(300)
    expect(rejected('x'.repeat(100_000)).error.length).to.be.below(300)
  })
})
