import { expect } from 'chai'
import { prepareCancel, prepareReschedule, prepareSchedule } from '../../client/prepare.ts'
import { MINUTE_MS, topicArn } from '../support/builders.ts'

const checking = { rules: { allowedTargets: ['*'], enforceUser: true }, nowMs: MINUTE_MS }
const EVENT = { date: { in: '1m' }, target: topicArn(), user: 'me', payload: 'hello' }
const DUE = { date: '2026-11-23T12:35:00.000Z', dueAtMs: MINUTE_MS + 60_000 }

describe('a message as a client prepares it', () => {
  it('schedules with an id of its own, another for each event, so that a publish that is repeated is one event', () => {
    const [one, two] = [prepareSchedule(EVENT, checking), prepareSchedule(EVENT, checking)]
    expect(one.receipt).to.include(DUE)
    expect(JSON.parse(one.text)).to.deep.equal({ ...EVENT, date: DUE.date, id: one.receipt.id })
    expect(one.receipt.id).to.not.equal(two.receipt.id)
  })

  it('schedules with the id that it is given', () => {
    expect(prepareSchedule({ ...EVENT, id: 'my-id' }, checking).receipt).to.deep.equal({ id: 'my-id', ...DUE })
  })

  it('cancels by id and date', () => {
    const { text, receipt } = prepareCancel({ id: 'my-id', date: MINUTE_MS + 60_000 }, checking)
    expect(JSON.parse(text)).to.deep.equal({ action: 'cancel', id: 'my-id', date: DUE.date })
    expect(receipt).to.deep.equal({ id: 'my-id', ...DUE })
  })

  it('cancels by id alone, and then says of no date', () => {
    const { text, receipt } = prepareCancel('my-id', checking)
    expect(JSON.parse(text)).to.deep.equal({ action: 'cancel', id: 'my-id' })
    expect(receipt).to.deep.equal({ id: 'my-id', date: undefined, dueAtMs: undefined })
  })

  it('replaces what is pending under an id that it is given, and makes none up for that', () => {
    expect(JSON.parse(prepareSchedule({ ...EVENT, id: 'my-id', replace: true }, checking).text)).to.include({
      id: 'my-id',
      replace: true,
    })
    expect(() => prepareSchedule({ ...EVENT, replace: true }, checking)).to.throw('replace needs an id of your own')
  })

  it('reschedules to another date, which the receipt names', () => {
    const change = { id: 'my-id', date: MINUTE_MS, new_date: { in: '1m' }, payload: 'later' }
    const { text, receipt } = prepareReschedule(change, checking)
    const sent = { action: 'reschedule', id: 'my-id', date: '2026-11-23T12:34:00.000Z', new_date: DUE.date }
    expect(JSON.parse(text)).to.deep.equal({ ...sent, payload: 'later' })
    expect(receipt).to.deep.equal({ id: 'my-id', ...DUE })
  })

  it('takes the trace that asks for it along, as an attribute', () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
    const { text, attributes } = prepareSchedule({ ...EVENT, traceparent }, checking)
    expect(attributes).to.deep.equal({ traceparent })
    expect(JSON.parse(text)).to.not.have.property('traceparent')
    expect(prepareSchedule({ ...EVENT, traceparent: 'mine' }, checking).attributes).to.equal(undefined)
  })

  it('is refused where it is none', () => {
    for (const nothing of [undefined, null, 'text', []] as never[])
      expect(() => prepareSchedule(nothing, checking)).to.throw('Publish a JSON object')
  })
})
