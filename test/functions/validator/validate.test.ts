import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb'
import type { SQSEvent } from 'aws-lambda'
import { expect } from 'chai'
import { type Request, TABLE_NAME } from '../../memory/dynamodb.ts'
import { eventsInMemory } from '../../memory/events-table.ts'
import { failingAt } from '../../support/breaking.ts'
import { aBatch, aMessage, anEvent, aRecord, FAILURE_TOPIC, MINUTE_MS, topicArn } from '../../support/builders.ts'
import { drain } from '../../support/drain.ts'
import { slowed } from '../../support/slow-table.ts'
import { aWorld, functionsOf, stepsOf, type World } from '../../support/world.ts'

const NOW_MS = MINUTE_MS + 10_000
const date = (inMs: number) => new Date(NOW_MS + inMs).toISOString()
const validate = async (world: World, batch: SQSEvent) => {
  const { batchItemFailures } = await world.clock.run(functionsOf(world).validator(batch))
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)
}
/** The same world, whose table never gets round to writing the events with this id. */
function leavingOver(world: World, id: string): World {
  const { clock, random, dynamodb } = world
  const send = async (command: Request) => {
    const batch: { PutRequest: { Item: { id: string } } }[] = command.input.RequestItems?.[TABLE_NAME] ?? []
    if (!(command instanceof BatchWriteCommand)) return dynamodb.client.send(command as never)
    const [left, taken] = [true, false].map((over) => batch.filter((one) => (one.PutRequest.Item.id === id) === over))
    const RequestItems = { [TABLE_NAME]: taken as never }
    if (taken?.length) await dynamodb.client.send(new BatchWriteCommand({ RequestItems }))
    return { UnprocessedItems: left?.length ? { [TABLE_NAME]: left } : {} }
  }
  const slow = { ...dynamodb, client: { send: send as typeof dynamodb.client.send } }
  return { ...world, dynamodb: slow, table: eventsInMemory({ clock, random, dynamodb: slow }) }
}

const aWorldNow = () => aWorld({ atMs: NOW_MS })
const payloads = (world: World) => world.topics.received(topicArn()).map(({ payload }) => payload)

describe('a batch of input messages', () => {
  it('has every good event parked, and no message comes back', async () => {
    const world = aWorldNow()
    const messages = ['a', 'b', 'c'].map((id) => aMessage({ id, date: date(600_000), payload: id }))
    expect(await validate(world, aBatch(...messages))).to.deep.equal([])
    expect(world.table.eventsIn('2026-11-23T12-44Z-00').map(({ id }) => id)).to.deep.equal(['a', 'b', 'c'])
    expect(world.metrics.published).to.deep.equal([])
  })

  it('gives an event the id of its SNS message', async () => {
    const world = aWorldNow()
    await validate(world, aBatch(aRecord(aMessage({ date: date(600_000) }), { snsId: 'sns-message-id' })))
    expect(world.table.eventsIn('2026-11-23T12-44Z-00')[0]).to.have.property('id', 'sns-message-id')
  })

  it('has bad events told to their failure topics, and the good ones delivered', async () => {
    const world = aWorldNow()
    const batch = aBatch(
      aMessage({ date: date(1_000), payload: 'good' }),
      aMessage({ date: 'nonsense', failure_topic: topicArn('f') }),
      'no JSON',
    )
    expect(await validate(world, batch)).to.deep.equal([])
    expect(world.topics.notices(topicArn('f')).map(({ code }) => code)).to.deep.equal(['DATE_INVALID'])
    const [notice] = world.topics.notices(FAILURE_TOPIC)
    expect(notice).to.deep.include({ code: 'MESSAGE_NOT_JSON', event: 'no JSON' })
    expect(notice?.error).to.match(
      /^The message is not JSON: Unexpected token.* near "no JSON"\. Publish a JSON object/,
    )
    expect(world.metrics.published).to.deep.equal([{ Rejected: 2 }])
    expect(world.log.of('rejected')).to.have.length(2)
    await drain(world)
    expect(payloads(world)).to.deep.equal(['good'])
  })

  it('has what cannot even be read told to the stack, and its neighbours parked', async () => {
    const world = aWorldNow()
    const deep = (levels: number) => `{"date": ${'['.repeat(levels)}${']'.repeat(levels)}}`
    const strange = [
      deep(5_000),
      deep(100_000),
      '[',
      '"',
      '',
      '\u0000',
      '{"id": {"__proto__": 1}}',
      '1e999',
      'null',
      '\ufeff',
    ]
    expect(await validate(world, aBatch(...strange, aMessage({ id: 'good', date: date(600_000) })))).to.deep.equal([])
    expect(world.table.eventsIn('2026-11-23T12-44Z-00').map(({ id }) => id)).to.deep.equal(['good'])
    expect(world.topics.notices(FAILURE_TOPIC)).to.have.length(strange.length)
  })

  it('has two messages of one event merged', async () => {
    const world = aWorldNow()
    const message = aMessage({ id: 'a', date: date(1_000) })
    expect(await validate(world, aBatch(message, message))).to.deep.equal([])
    await drain(world)
    expect(payloads(world)).to.have.length(1)
  })

  it('has only the message come back whose event a throttled table did not take; the others are delivered', async () => {
    const world = aWorldNow()
    const batch = ['a', 'b', 'c'].map((id) =>
      aRecord(aMessage({ date: date(10_000), payload: id }), { messageId: id, snsId: id }),
    )
    expect(await validate(leavingOver(world, 'b'), aBatch(...batch))).to.deep.equal(['b'])
    await drain(world)
    expect(payloads(world).sort()).to.deep.equal(['a', 'c'])
    expect(world.topics.notices(FAILURE_TOPIC)).to.deep.equal([])
    const [line, ...others] = world.log.of('message not dealt with, it comes back')
    expect(others).to.deep.equal([])
    expect(line).to.include({ messageId: 'b' })
    expect(line?.error).to.match(/^SchedulerError: /)
  })

  it('parks the events of a batch together, but those with ids of their own each where nothing stands', async () => {
    const world = aWorldNow()
    const parked: number[] = []
    const park: World['table']['park'] = (events) => {
      parked.push(events.length)
      return world.table.park(events)
    }
    const own: number[] = []
    const parkFirst: World['table']['parkFirst'] = (events) => {
      own.push(events.length)
      return world.table.parkFirst(events)
    }
    const ids = ['a', 'b', 'a', undefined, undefined, undefined]
    const batch = aBatch(...ids.map((id) => aMessage({ id, date: date(600_000) })))
    await validate({ ...world, table: { ...world.table, park, parkFirst } }, batch)
    expect([parked, own]).to.deep.equal([[3], [2]])
  })

  it('adds its events in bulk, whatever else it asks for', async () => {
    const world = aWorldNow()
    const change = (fields: object) => JSON.stringify({ id: 'b', failure_topic: topicArn('f'), ...fields })
    const batch = aBatch(
      aMessage({ id: 'a', date: date(600_000) }),
      change({ action: 'cancel' }),
      change({ action: 'reschedule', id: 'c', date: date(600_000), new_date: date(700_000) }),
      aMessage({ id: 'd', date: date(600_000), replace: true }),
      'no JSON',
    )
    expect(await validate(world, batch)).to.deep.equal([])
    expect(world.log.of('bulk not scheduled, tried one by one')).to.deep.equal([])
    expect(world.table.eventsIn('2026-11-23T12-44Z-00').map(({ id }) => id)).to.deep.equal(['a', 'd'])
  })

  it('asks the table for nothing when there is nothing to schedule', async () => {
    const slow = slowed(aWorldNow(), 1)
    await validate(slow, aBatch('no JSON'))
    expect([...slow.requests]).to.deep.equal([])
  })

  it('has the same id at two dates as two events', async () => {
    const world = aWorldNow()
    await validate(world, aBatch(aMessage({ id: 'a', date: date(1_000) }), aMessage({ id: 'a', date: date(2_000) })))
    await drain(world)
    expect(payloads(world)).to.have.length(2)
  })

  it('takes the cancel for the later one of two that were published in one millisecond', async () => {
    const world = aWorldNow()
    const when = date(60_000)
    await validate(
      world,
      aBatch(JSON.stringify({ action: 'cancel', id: 'a', date: when }), aMessage({ id: 'a', date: when })),
    )
    await drain(world)
    expect(payloads(world)).to.deep.equal([])
    expect(world.topics.notices(FAILURE_TOPIC)).to.deep.equal([])
  })

  it('has a cancel that cannot be carried out told to its failure topic, as it was received', async () => {
    const world = aWorldNow()
    const message = { action: 'cancel', id: 'none', date: date(600_000), failure_topic: topicArn('f') }
    expect(await validate(world, aBatch(JSON.stringify(message)))).to.deep.equal([])
    const [notice] = world.topics.notices(topicArn('f'))
    expect(notice).to.have.property('code', 'EVENT_NOT_FOUND')
    expect(notice?.event).to.deep.equal(message)
  })

  it('has the id of the event and of the SNS message in the log line of each rejection', async () => {
    const world = aWorldNow()
    const bad = aRecord(aMessage({ id: 'mine', date: 'x' }), { snsId: 'sns-1' })
    const cancel = JSON.stringify({ action: 'cancel', id: 'none', date: date(600_000) })
    await validate(world, aBatch(bad, aRecord(cancel, { snsId: 'sns-2' }), aRecord('no JSON', { snsId: 'sns-3' })))
    expect(world.log.of('rejected').map(({ id, messageId, code }) => [id, messageId, code])).to.have.deep.members([
      ['mine', 'sns-1', 'DATE_INVALID'],
      ['none', 'sns-2', 'EVENT_NOT_FOUND'],
      [undefined, 'sns-3', 'MESSAGE_NOT_JSON'],
    ])
  })

  it('has a message sent to the queue itself told by the id it has there', async () => {
    const world = aWorldNow()
    await validate(world, aBatch({ ...aRecord('', { messageId: 'sqs-1' }), body: 'no JSON' }))
    expect(world.topics.notices(FAILURE_TOPIC)[0]).to.include({ message_id: 'sqs-1' })
  })

  it('has an event that no item of the table could hold told to its failure topic, instead of coming back', async () => {
    const world = aWorldNow()
    const body = aMessage({ id: 'large', date: date(1_000), user: 'u'.repeat(450_000), failure_topic: topicArn('f') })
    const good = aMessage({ id: 'good', date: date(600_000) })
    expect(await validate(world, aBatch({ ...aRecord(''), body }, good))).to.deep.equal([])
    const [notice] = world.topics.notices(topicArn('f'))
    expect(notice).to.include({ code: 'MESSAGE_TOO_LARGE', id: 'large', truncated: true })
    expect(world.table.eventsIn('2026-11-23T12-44Z-00').map(({ id }) => id)).to.deep.equal(['good'])
  })

  it('has a message that cannot be read for a reason nobody thought of rejected, and no other with it', async () => {
    const world = aWorldNow()
    let calls = 0
    const overflow = (): string[] => {
      if (++calls === 2) throw new RangeError('Maximum call stack size exceeded')
      return ['', '']
    }
    const rules = { ...world.rules, allowedTargets: [{ split: overflow } as unknown as string] }
    const messages = ['a', 'b', 'c'].map((id) => aRecord(aMessage({ id, date: date(600_000) }), { snsId: `sns-${id}` }))
    expect(await validate({ ...world, rules }, aBatch(...messages))).to.deep.equal([])
    expect(world.table.eventsIn('2026-11-23T12-44Z-00').map(({ id }) => id)).to.deep.equal(['a', 'c'])
    const [notice] = world.topics.notices(FAILURE_TOPIC)
    expect(notice).to.include({ code: 'MESSAGE_INVALID', message_id: 'sns-b' })
    expect(notice?.error).to.match(/^The message cannot be read: RangeError: Maximum call stack size exceeded\./)
    expect(notice?.event).to.include({ id: 'b' })
  })

  it('reschedules', async () => {
    const world = aWorldNow()
    await validate(world, aBatch(aMessage({ id: 'a', date: date(300_000) })))
    const message = { action: 'reschedule', id: 'a', date: date(300_000), new_date: date(60_000), payload: 'moved' }
    await validate(world, aBatch(JSON.stringify(message)))
    await drain(world)
    expect(payloads(world)).to.deep.equal(['moved'])
  })

  for (const [what, message, told] of [
    ['a reschedule', { action: 'reschedule', new_date: date(900_000) }, []],
    ['another event of its date', { target: topicArn(), user: 'u', payload: 'another' }, ['EVENT_EXISTS']],
  ] as const)
    for (const isDone of [true, false])
      it(`has ${what} wait a little for an event that is about to be given again, and ${isDone ? 'dealt with then' : 'come back where it is not'}`, async () => {
        const world = aWorldNow()
        const askedAgain = { messageId: 'again', atMs: NOW_MS - 1 }
        const event = anEvent({ id: 'a', dueAtMs: NOW_MS + 600_000, askedAgain })
        await world.table.park([event])
        const publication = { messageId: 'the cancel', atMs: NOW_MS - 2 }
        await world.table.conclude({ ...event, kind: 'cancelled', atMs: NOW_MS, publication })
        const record = aRecord(JSON.stringify({ id: 'a', date: date(600_000), ...message }), { publishedAtMs: NOW_MS })
        const work = functionsOf(world).validator(aBatch(record))
        await world.clock.advance(500)
        const again = { ...event, publication: askedAgain, askedAgain: undefined }
        if (isDone) await world.clock.run(stepsOf(world).schedule([again]))
        expect((await world.clock.run(work)).batchItemFailures).to.have.length(isDone ? 0 : 1)
        expect(world.topics.notices(FAILURE_TOPIC).map(({ code }) => code)).to.deep.equal(isDone ? told : [])
      })

  it('takes nothing', async () => {
    expect(await validate(aWorldNow(), aBatch())).to.deep.equal([])
  })
})

describe('a message that could not be dealt with', () => {
  it('comes back alone when its failure notice could not be sent', async () => {
    const world = aWorldNow()
    world.topics.fail(FAILURE_TOPIC, 'TARGET_DENIED')
    const bad = aRecord('no JSON', { messageId: 'bad' })
    expect(await validate(world, aBatch(aMessage({ date: date(1_000) }), bad))).to.deep.equal(['bad'])
    await drain(world)
    expect(payloads(world)).to.have.length(1)
  })

  it('holds up no event of its batch while its failure topic takes its time', async () => {
    const world = aWorldNow()
    const notify: World['topics']['notify'] = async (topic, notice) => {
      await world.clock.sleep(9_000)
      return world.topics.notify(topic, notice)
    }
    const parkedAtMs: number[] = []
    const parkFirst: World['table']['parkFirst'] = (events) => {
      parkedAtMs.push(...events.map(() => world.clock.now() - NOW_MS))
      return world.table.parkFirst(events)
    }
    // The second is refused, and the third is about the same id.
    const batch = [
      { date: date(600_000), payload: 'there' },
      { date: date(600_000), payload: 'other' },
      { date: date(700_000), payload: 'next' },
    ].map((fields, i) =>
      aRecord(aMessage({ id: 'a', ...fields }), { messageId: `${i}`, publishedAtMs: NOW_MS - 10 + i }),
    )
    const slow = { ...world, topics: { ...world.topics, notify }, table: { ...world.table, parkFirst } }
    expect(await validate(slow, aBatch(...batch))).to.deep.equal([])
    expect(parkedAtMs).to.deep.equal([0, 0])
    expect(world.topics.notices(FAILURE_TOPIC).map(({ code }) => code)).to.deep.equal(['EVENT_EXISTS'])
  })

  it('comes back alone when it alone cannot be written', async () => {
    const world = aWorldNow()
    const park: World['table']['park'] = async (events) => {
      if (events.some(({ payload }) => payload === 'poison')) throw new Error('ValidationException')
      return world.table.park(events)
    }
    const records = ['a', 'poison', 'c'].map((payload) =>
      aRecord(aMessage({ date: date(600_000), payload }), { messageId: payload }),
    )
    const sick = { ...world, table: { ...world.table, park } }
    expect(await validate(sick, aBatch(...records))).to.deep.equal(['poison'])
    const message = 'bulk not scheduled, tried one by one'
    const error = 'Error: ValidationException'
    expect(world.log.of(message)[0]).to.deep.equal({ level: 'warn', message, events: 3, error })
    const parked = world.table.eventsIn('2026-11-23T12-44Z-00').map(({ payload }) => payload)
    expect(parked).to.have.members(['a', 'c'])
  })

  it('comes back with all messages of the same event', async () => {
    const world = aWorldNow()
    const parkFirst = () => Promise.reject(new Error('down'))
    const message = aMessage({ id: 'a', date: date(600_000) })
    const records = ['one', 'two'].map((messageId) => aRecord(message, { messageId }))
    const down = { ...world, table: { ...world.table, parkFirst } }
    expect(await validate(down, aBatch(...records))).to.have.members(['one', 'two'])
    expect(world.log.of('message not dealt with, it comes back')).to.have.length(2)
  })

  it('is not delivered twice when the whole batch comes back because its answer was lost', async () => {
    const world = aWorldNow()
    const batch = aBatch(
      ...[1_000, 60_000, 600_000, -60_000].map((ms) => aMessage({ date: date(ms), payload: `${ms}` })),
    )
    await validate(world, batch)
    await world.clock.advance(180_000)
    await validate(world, batch)
    await drain(world, 20)
    expect(payloads(world)).to.have.members(['1000', '60000', '600000', '-60000'])
    expect(payloads(world)).to.have.length(4)
  })

  for (const fault of ['is refused', 'loses its answer'] as const)
    it(`loses nothing and doubles nothing when any call ${fault} and what failed is redelivered`, async () => {
      for (let at = 1, done = false; !done; at++) {
        const world = aWorldNow()
        const batch = aBatch(
          ...[1_000, 60_000, 600_000, -60_000].map((ms) => aMessage({ date: date(ms), payload: `${ms}` })),
          JSON.stringify({ action: 'cancel', id: 'none', date: date(900_000) }),
        )
        const failing = failingAt(world, at, fault)
        const failed = await validate(failing, batch)
        done = failing.calls() < at
        await world.clock.advance(180_000)
        await validate(world, { Records: batch.Records.filter(({ messageId }) => failed.includes(messageId)) })
        await drain(world, 20)
        expect(payloads(world).sort(), `call ${at}`).to.deep.equal(['-60000', '1000', '60000', '600000'])
        expect(world.topics.notices(FAILURE_TOPIC).length, `call ${at}`).to.equal(1)
      }
    })
})
