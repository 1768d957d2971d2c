import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect } from 'chai'
import { messageJsonSchema } from '../../core/message-json-schema.ts'
import { isNotice, parseRequest } from '../../core/request.ts'

const NOW_MS = Date.parse('2026-11-25T12:00:00Z')
const TOPIC = 'arn:aws:sns:us-east-1:123456789012:orders'
const EVENT = { date: '2026-11-25T13:00:00Z', target: TOPIC, user: 'me', payload: 'hello' }
const CANCEL = { action: 'cancel', id: 'order-1', date: EVENT.date }
const RESCHEDULE = { ...CANCEL, action: 'reschedule', new_date: '2026-11-26T13:00:00+01:00' }

const GOOD: Record<string, object> = {
  'an event': EVENT,
  'an event with everything': {
    ...EVENT,
    action: 'schedule',
    id: 'order-1',
    latest: '2026-11-25T13:01',
    failure_topic: TOPIC,
  },
  'an event with an empty failure topic': { ...EVENT, failure_topic: '' },
  'an event with a field of the client': { ...EVENT, trace: 42 },
  'a date with microseconds and no zone': { ...EVENT, date: '2026-11-25T13:00:00.919071' },
  'a date in small letters': { ...EVENT, date: '2026-11-25t13:00:00z' },
  'a day': { ...EVENT, date: '2026-11-26' },
  'local time with its zone': { ...EVENT, date: '2027-03-28T02:30[Europe/Berlin]' },
  'a cancel': CANCEL,
  'a reschedule': RESCHEDULE,
  'a reschedule with another payload and target': { ...RESCHEDULE, payload: 'bye', target: TOPIC },
}

const BAD: Record<string, unknown> = {
  'a text': 'hello',
  'a list': [EVENT],
  'nothing at all': {},
  'an event without a date': { ...EVENT, date: undefined },
  'an event without a target': { ...EVENT, target: undefined },
  'an event without a user': { ...EVENT, user: undefined },
  'an event without a payload': { ...EVENT, payload: undefined },
  'a date in words': { ...EVENT, date: 'tomorrow' },
  'a date as a number': { ...EVENT, date: NOW_MS },
  'a target that is a queue': { ...EVENT, target: 'arn:aws:sqs:us-east-1:123456789012:orders' },
  'a FIFO topic': { ...EVENT, target: `${TOPIC}.fifo` },
  'an empty user': { ...EVENT, user: '' },
  'an empty payload': { ...EVENT, payload: '' },
  'a payload that is an object': { ...EVENT, payload: {} },
  'a failure topic that is none': { ...EVENT, failure_topic: 'me@example.com' },
  'an id with a space': { ...EVENT, id: 'order 1' },
  'an id of 65 characters': { ...EVENT, id: 'x'.repeat(65) },
  'a latest that is no date': { ...EVENT, latest: 'soon' },
  'an action that is none': { ...EVENT, action: 'repeat' },
  'a cancel without an id': { ...CANCEL, id: undefined },
  'a reschedule without a new date': { ...RESCHEDULE, new_date: undefined },
}

/** What only the scheduler refuses. */
const BEYOND: Record<string, object> = {
  'a day that does not exist': { ...EVENT, date: '2026-02-30' },
  'a date in eleven years': { ...EVENT, date: '2037-11-26' },
  'a latest before the date': { ...EVENT, latest: '2026-11-25T12:59Z' },
  'a payload of 256 KiB': { ...EVENT, payload: 'x'.repeat(262_144) },
}

describe('the JSON Schema of an input message', () => {
  const matches = new Ajv2020().compile(messageJsonSchema())
  const asSent = (message: unknown) => JSON.parse(JSON.stringify(message))
  const isAccepted = (message: unknown) =>
    !isNotice(
      parseRequest(JSON.stringify(message), {
        publication: { messageId: 'an-id', atMs: 0 },
        rules: { allowedTargets: ['*'], enforceUser: true },
        nowMs: NOW_MS,
      }),
    )

  for (const [what, message] of Object.entries(GOOD))
    it(`takes ${what}, as the scheduler does`, () => {
      expect(matches(asSent(message)), JSON.stringify(matches.errors)).to.equal(true)
      expect(isAccepted(message)).to.equal(true)
    })

  for (const [what, message] of Object.entries(BAD))
    it(`refuses ${what}, as the scheduler does`, () => {
      expect(matches(asSent(message))).to.equal(false)
      expect(isAccepted(message)).to.equal(false)
    })

  for (const [what, message] of Object.entries(BEYOND))
    it(`leaves ${what} to the scheduler`, () => {
      expect(matches(asSent(message))).to.equal(true)
      expect(isAccepted(message)).to.equal(false)
    })

  it('leaves out the action of an event that is to be scheduled, and says what it is by default', () => {
    const [schedule] = messageJsonSchema().oneOf ?? []
    expect(schedule?.required).to.deep.equal(['date', 'target', 'user', 'payload'])
    expect(schedule?.properties?.action).to.deep.include({ default: 'schedule' })
  })

  it('has cancels and reschedules named as such', () => {
    const [, ...others] = messageJsonSchema().oneOf ?? []
    expect(others.map(({ properties }) => properties?.action)).to.deep.equal([
      { type: 'string', const: 'cancel' },
      { type: 'string', const: 'reschedule' },
    ])
    for (const { required } of others) expect(required).to.include('action')
  })

  it('has patterns that other languages read too', () => {
    expect(JSON.stringify(messageJsonSchema())).not.to.contain('(?<')
  })

  it('says what each field of an event means', () => {
    const [schedule] = messageJsonSchema().oneOf ?? []
    for (const [field, property] of Object.entries(schedule?.properties ?? {}))
      if (field !== 'action') expect(property, field).to.have.property('description').that.is.not.empty
  })

  it('says what each field of a cancel and a reschedule means', () => {
    const [, cancel, reschedule] = messageJsonSchema().oneOf ?? []
    for (const { properties } of [cancel, reschedule] as { properties: object }[])
      for (const [field, property] of Object.entries(properties))
        if (field !== 'action' && field !== 'id')
          expect(property, field).to.have.property('description').that.is.not.empty
  })

  it('says which events are meant where their date is left out', () => {
    const [, cancel, reschedule] = messageJsonSchema().oneOf ?? []
    expect(cancel?.properties?.date).to.have.property('description').that.contains('all that are pending under the id')
    expect(reschedule?.properties?.date)
      .to.have.property('description')
      .that.contains('the only one that is pending under the id')
  })

  it('says of new dates how they are written', () => {
    const [schedule, , reschedule] = messageJsonSchema().oneOf ?? []
    for (const date of [schedule?.properties?.date, reschedule?.properties?.new_date])
      expect(date)
        .to.have.property('description')
        .that.contains(
          'ISO 8601 with Z, with an offset, with a time zone as in 2027-03-28T02:30[Europe/Berlin], or with none, which means UTC',
        )
  })
})
