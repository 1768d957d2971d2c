import { expect } from 'chai'
import { SchedulerError } from '../../../core/errors.ts'
import { handler, validatorWith } from '../../../functions/validator/handler.ts'
import { aBatch, aMessage, aRecord, MINUTE_MS } from '../../support/builders.ts'
import { aWorld } from '../../support/world.ts'

const NOW_MS = MINUTE_MS - 600_000
const AHEAD = 'clock ahead of the queue’s: the batch comes back'

describe('the validator', () => {
  it('takes a batch of the input queue, and names the messages that are to come back', async () => {
    const world = aWorld({ atMs: NOW_MS })
    const park = async () => Promise.reject(new Error('gone'))
    const batch = aBatch(aRecord(aMessage(), { messageId: 'one' }), aRecord('no JSON', { messageId: 'other' }))
    const validator = validatorWith({ ...world, table: { ...world.table, park } })
    expect(await world.clock.run(validator(batch))).to.deep.equal({ batchItemFailures: [{ itemIdentifier: 'one' }] })
    expect(world.log.of(AHEAD)).to.deep.equal([])
  })

  it('leaves the whole batch to another, and says so, while its clock is ahead of that of the queue', async () => {
    const world = aWorld({ atMs: NOW_MS })
    const records = ['one', 'other'].map((messageId) => {
      const record = aRecord(aMessage(), { messageId, publishedAtMs: NOW_MS - 3_600_000 })
      const attributes = { ...record.attributes, ApproximateFirstReceiveTimestamp: String(NOW_MS - 3_600_000) }
      return { ...record, attributes }
    })
    expect(await world.clock.run(validatorWith(world)({ Records: records }))).to.deep.equal({
      batchItemFailures: [{ itemIdentifier: 'one' }, { itemIdentifier: 'other' }],
    })
    expect(world.table.eventsIn('2026-11-23T12-34Z-00')).to.deep.equal([])
    expect(world.log.of(AHEAD)).to.deep.equal([{ level: 'error', message: AHEAD, messages: 2 }])
  })

  it('takes what was sent to the queue itself as published when the queue took it', async () => {
    const world = aWorld({ atMs: NOW_MS })
    const record = { ...aRecord('', { messageId: 'of SQS', publishedAtMs: NOW_MS - 7 }), body: aMessage() }
    await world.clock.run(validatorWith(world)({ Records: [record] }))
    const [event] = world.table.eventsIn('2026-11-23T12-34Z-00')
    expect(event?.publication).to.deep.equal({ messageId: 'of SQS', atMs: NOW_MS - 7 })
  })
})

describe('the trace context of an input message', () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

  it('stands with the event', async () => {
    const world = aWorld({ atMs: NOW_MS })
    const record = aRecord(aMessage())
    const MessageAttributes = { traceparent: { Type: 'String', Value: traceparent } }
    const body = JSON.stringify({ ...JSON.parse(record.body), MessageAttributes })
    await world.clock.run(validatorWith(world)({ Records: [{ ...record, body }] }))
    expect(world.table.eventsIn('2026-11-23T12-34Z-00')[0]).to.include({ traceparent })
  })
})

describe('the validator, as deployed', () => {
  it('says which of its variables are missing', () => {
    expect(() => handler({ Records: [] })).to.throw(SchedulerError, 'EVENTS_TABLE')
  })
})
