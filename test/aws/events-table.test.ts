import {
  BatchGetCommand,
  BatchWriteCommand,
  type DynamoDBDocumentClient as Client,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
} from '@aws-sdk/lib-dynamodb'
import { expect } from 'chai'
import { tryToRead } from '../../aws/events-table/reading.ts'
import { eventsReader, eventsTable } from '../../aws/events-table.ts'
import { SchedulerError } from '../../core/errors.ts'
import { FIRST_KEY, LAST_KEY } from '../../core/event.ts'
import { newSettling } from '../../core/runner-record.ts'
import { emptySettlement } from '../../core/settlement.ts'
import { OUTAGE_DAYS } from '../../core/timetable.ts'
import { eventsInMemory } from '../memory/events-table.ts'
import { anEvent, MINUTE_MS } from '../support/builders.ts'
import { type Dynalite, startDynalite } from '../support/dynalite.ts'
import { fakeClock } from '../support/fake-clock.ts'
import { seededRandom } from '../support/random.ts'
import { behavesLikeAnEventsTable } from './behaves-like-an-events-table.ts'

const RETENTION_DAYS = 14
let dynamo: Dynalite

behavesLikeAnEventsTable('in memory', async () => {
  const clock = fakeClock(MINUTE_MS)
  return { clock, table: eventsInMemory({ clock, random: seededRandom(1) }) }
})

describe('on DynamoDB', () => {
  before(async () => {
    dynamo = await startDynalite()
  })
  after(() => dynamo.stop())

  behavesLikeAnEventsTable('on dynalite', onDynalite)
  bulkRequests()
  faults()
  retention()
})

/** What DynamoDB says by a name. */
const failing = (name: string) => Object.assign(new Error('no'), { name })

/** Real requests and waits that take no time: real sockets and a fake clock would wait for each other. */
async function onDynalite(
  client: Pick<Client, 'send'> = dynamo.client,
  { random = seededRandom(1), waits = 'in no time', clock = fakeClock(MINUTE_MS) } = {},
) {
  const slept: number[] = []
  const sleep = async (ms: number) => {
    slept.push(ms)
    if (waits === 'on the clock') clock.shift(ms)
  }
  const tableName = await dynamo.createTable()
  const ports = { clock: { ...clock, sleep }, random, retentionDays: RETENTION_DAYS }
  return { clock, slept, tableName, table: eventsTable({ ...ports, tableName, client: client as Client }) }
}

function bulkRequests() {
  describe('bulk requests to DynamoDB', () => {
    it('write what a request leaves unprocessed in the next one', async () => {
      const { client, requests } = leavingOver({ atMost: () => 10 })
      const { table } = await onDynalite(client)
      const events = Array.from({ length: 30 }, (_, i) => anEvent({ dueAtMs: MINUTE_MS + i }))
      await table.park(events)
      expect(requests).to.have.members([25, 15, 5, 5])
      expect(await table.find(events)).to.have.deep.members(events)
    })

    it('read what a request leaves unprocessed in the next one', async () => {
      const { client, requests } = leavingOver({ atMost: () => 40 })
      const { table } = await onDynalite(client)
      const events = Array.from({ length: 120 }, (_, i) => anEvent({ dueAtMs: MINUTE_MS + i }))
      await table.park(events)
      expect(await table.find(events)).to.have.deep.members(events)
      expect(Math.max(...requests)).to.equal(100)
    })

    it('wait longer before each repetition that brings nothing, up to 200 ms, and begin anew once there is progress', async () => {
      const takes = [0, 0, 0, 1, 0, 2]
      const { client } = leavingOver({ atMost: () => takes.shift() ?? 1 })
      const { table, slept } = await onDynalite(client, { random: () => 0.5 })
      await table.park(Array.from({ length: 5 }, (_, i) => anEvent({ dueAtMs: MINUTE_MS + i })))
      expect(slept).to.deep.equal([100, 200, 200, 50, 100, 50, 50])
    })

    it('hand over no payload to those who do without, and few events at first', async () => {
      const asked: string[] = []
      const send = (command: object) => {
        if (command instanceof QueryCommand) asked.push(command.input.ProjectionExpression ?? '')
        return dynamo.client.send(command as never)
      }
      const { table } = await onDynalite({ send } as unknown as Client)
      await table.park(Array.from({ length: 120 }, (_, i) => anEvent({ dueAtMs: MINUTE_MS + i })))
      const pages = await Array.fromAsync(table.headsBetween(anEvent().slot, FIRST_KEY, LAST_KEY))
      expect(pages.map(({ length }) => length)).to.deep.equal([100, 20])
      for (const names of asked) expect(names.split(', ')).to.include('#size').and.not.include('#payload')
    })

    it('keep in step with nobody where a reader is alone', async () => {
      const { tableName, table, clock } = await onDynalite()
      const events = Array.from({ length: 3 }, (_, i) => anEvent({ dueAtMs: MINUTE_MS + i }))
      await table.park(events)
      const slept: number[] = []
      const sleep = async (ms: number) => void slept.push(ms)
      const { client } = leavingOver({ atMost: () => 1 })
      const reader = eventsReader({ client, tableName, clock: { ...clock, sleep } })
      expect(await reader.find(events)).to.have.deep.members(events)
      expect(slept).to.deep.equal([50, 50])
    })

    it('are done when an answer says of nothing that it is left over', async () => {
      const { table } = await onDynalite({ send: async () => ({}) } as unknown as Client)
      await table.park([anEvent()])
      expect(await table.find([anEvent()])).to.deep.equal([])
      const pages = await Array.fromAsync(table.eventsBetween(anEvent().slot, FIRST_KEY, LAST_KEY))
      expect(pages.flat()).to.deep.equal([])
    })

    it('go on as long as there is progress, however slow, until seven seconds are over', async () => {
      const { client } = leavingOver({ atMost: () => 1 })
      const { table, clock } = await onDynalite(client, { random: () => 0.5, waits: 'on the clock' })
      const events = Array.from({ length: 25 }, (_, i) => anEvent({ dueAtMs: MINUTE_MS + i }))
      await table.park(events)
      expect(clock.now() - MINUTE_MS).to.equal(24 * 50)
      const oneASecond = () => {
        clock.shift(1_000)
        return 1
      }
      const { client: slow } = leavingOver({ atMost: oneASecond })
      const { table: slowly } = await onDynalite(slow, { random: () => 0.5, waits: 'on the clock', clock })
      const fault = await slowly.park(events).catch((error: SchedulerError) => error)
      expect((fault as SchedulerError).unwritten).to.have.length(25 - 7)
    })

    it('end with a fault that names the events left over, and no other, when DynamoDB keeps leaving items over', async () => {
      const takes = [3, ...Array.from({ length: 100 }, () => 0)]
      const { client } = leavingOver({ atMost: () => takes.shift() ?? 100 })
      const { table, slept } = await onDynalite(client)
      const events = Array.from({ length: 5 }, (_, i) => anEvent({ dueAtMs: MINUTE_MS + i }))
      const fault = await table.park(events).catch((error: unknown) => error)
      expect(fault).to.be.instanceOf(SchedulerError).with.property('code', 'TABLE_UNAVAILABLE')
      const { unwritten = [], message } = fault as SchedulerError
      expect(message).to.match(/^2 of 5 items were left unprocessed by table /)
      const written = await table.find(events)
      expect(written).to.have.length(3)
      expect([...unwritten, ...written].map(({ key }) => key)).to.have.members(events.map(({ key }) => key))
      expect(slept).to.have.length(100)
    })

    it('take a request that is throttled as a whole for one that leaves everything over', async () => {
      let throttled = 3
      const { client } = leavingOver({ atMost: () => 25 })
      const send = async (command: never) => {
        if (throttled-- > 0) throw Object.assign(new Error('slow down'), { name: 'ThrottlingException' })
        return client.send(command)
      }
      const { table, slept } = await onDynalite({ send } as Pick<Client, 'send'>)
      const event = anEvent()
      await table.park([event])
      expect(await table.find([event])).to.deep.equal([event])
      expect(slept).to.have.length(3)
    })

    it('name the events whose announcement was left over, though they are written themselves', async () => {
      const { client } = leavingOver({ atMost: () => 1 })
      const failing = async (command: never) => {
        const answer = await client.send(command)
        if (failed++ > 0) throw Object.assign(new Error('down'), { name: 'InternalServerError' })
        return answer
      }
      let failed = 0
      const { table } = await onDynalite({ send: failing } as Pick<Client, 'send'>)
      const event = anEvent({ lane: 'soon' })
      const fault = await table.park([event]).catch((error: SchedulerError) => error)
      expect((fault as SchedulerError).unwritten).to.deep.equal([{ slot: event.slot, key: event.key }])
    })

    for (const name of ['ThrottlingException', 'ProvisionedThroughputExceededException', 'RequestLimitExceeded'])
      it(`are handed in again when DynamoDB has no room for all of one: ${name}`, async () => {
        let failed = false
        const send = async (command: object) => {
          if (failed) return dynamo.client.send(command as never)
          failed = true
          throw Object.assign(new Error('slow down'), { name })
        }
        const { table, slept } = await onDynalite({ send } as unknown as Client)
        const event = anEvent()
        await table.park([event])
        expect([await table.find([event]), slept.length]).to.deep.equal([[event], 1])
      })

    it('keep back the events whose payload is left over, those alone, and name them', async () => {
      const [kept, ...written] = [
        anEvent({ dueAtMs: MINUTE_MS, payload: 'x'.repeat(5_000) }),
        anEvent({ dueAtMs: MINUTE_MS, payload: 'y'.repeat(5_000) }),
        anEvent({ dueAtMs: MINUTE_MS + 1 }),
        anEvent({ dueAtMs: MINUTE_MS + 60_000 }),
      ] as const
      const send = async (command: object) => {
        if (!(command instanceof BatchWriteCommand)) return dynamo.client.send(command as never)
        const [[name, all] = ['', []]] = Object.entries(command.input.RequestItems ?? {})
        const isLeft = (one: (typeof all)[number]) => String(one.PutRequest?.Item?.payload).startsWith('x')
        const some = all.filter((one) => !isLeft(one))
        if (some.length > 0) await dynamo.client.send(new BatchWriteCommand({ RequestItems: { [name]: some } }))
        return { UnprocessedItems: { [name]: all.filter(isLeft) } }
      }
      const { table } = await onDynalite({ send } as unknown as Client, { waits: 'on the clock' })
      const fault = await table.park([kept, ...written]).catch((error) => error)
      expect(fault.unwritten).to.deep.equal([{ slot: kept.slot, key: kept.key }])
      expect(await table.find([kept, ...written])).to.have.deep.members(written)
    })

    it('write again, where only the first counts, what there was no room for, and that alone', async () => {
      const puts: string[] = []
      const send = async (command: object) => {
        if (command instanceof PutCommand && puts.push(command.input.Item?.sk) === 1)
          throw failing('ThrottlingException')
        return dynamo.client.send(command as never)
      }
      const { table } = await onDynalite({ send } as unknown as Client)
      const events = [anEvent(), anEvent()]
      expect(await table.parkFirst(events)).to.deep.equal({ taken: [], unwritten: [], why: undefined })
      expect(await table.find(events)).to.have.deep.members(events)
      expect(puts).to.have.length(3)
    })

    it('name, where only the first counts, the event whose request fails, and none of those written beside it', async () => {
      const [failed, ...written] = [anEvent(), anEvent(), anEvent()] as const
      const send = async (command: object) => {
        if (command instanceof PutCommand && command.input.Item?.id === failed.id) throw failing('InternalServerError')
        return dynamo.client.send(command as never)
      }
      const { table } = await onDynalite({ send } as unknown as Client)
      const { unwritten, why } = await table.parkFirst([failed, ...written])
      expect(unwritten).to.deep.equal([{ slot: failed.slot, key: failed.key }])
      expect(why?.code).to.equal('TABLE_UNAVAILABLE')
      expect(await table.find([failed, ...written])).to.have.deep.members(written)
    })

    for (const [what, isFailing, fields] of [
      ['it is', (command: object) => command instanceof PutCommand, {}],
      ['its payload is', (command: object) => command instanceof BatchWriteCommand, { payload: 'x'.repeat(5_000) }],
      ['its announcement is', (command: object) => command instanceof BatchWriteCommand, { lane: 'soon' }],
    ] as const)
      it(`name an event, where only the first counts, when ${what} not written, and say why`, async () => {
        const send = async (command: object) => {
          if (isFailing(command)) throw failing('InternalServerError')
          return dynamo.client.send(command as never)
        }
        const { table, tableName } = await onDynalite({ send } as unknown as Client)
        const event = anEvent(fields)
        const { taken, unwritten, why } = await table.parkFirst([event])
        expect({ taken, unwritten }).to.deep.equal({ taken: [], unwritten: [{ slot: event.slot, key: event.key }] })
        expect(why?.message).to.match(
          new RegExp(`^Could not (park|announce) (events|payloads) in table ${tableName}: InternalServerError: no$`),
        )
      })

    it('fail, where only the first counts, for an item that DynamoDB refuses', async () => {
      const { table } = await onDynalite()
      const fault = await table.parkFirst([anEvent({ user: 'x'.repeat(420_000) })]).catch((error) => error)
      expect(fault).to.be.instanceOf(SchedulerError).with.nested.property('cause.name', 'ValidationException')
    })

    it('blame nobody else for an item that DynamoDB refuses', async () => {
      const { table } = await onDynalite()
      const fault = await table.park([anEvent(), anEvent({ payload: 'x'.repeat(420_000) })]).catch((error) => error)
      expect(fault).to.be.instanceOf(SchedulerError).with.nested.property('cause.name', 'ValidationException')
      expect(fault.unwritten).to.equal(undefined)
    })
  })
}

function faults() {
  describe('faults of DynamoDB', () => {
    it('say what could not be done, in which table, and why', async () => {
      const down = { send: () => Promise.reject(Object.assign(new Error('down'), { name: 'InternalServerError' })) }
      const { table, tableName } = await onDynalite(down as unknown as Client)
      const fault = await table.park([anEvent()]).catch((error: unknown) => error)
      expect(fault)
        .to.have.property('message')
        .that.equals(`Could not park events in table ${tableName}: InternalServerError: down`)
    })

    it('say what could not be done, whatever was to be', async () => {
      const down = { send: () => Promise.reject(Object.assign(new Error('down'), { name: 'InternalServerError' })) }
      const { table, tableName } = await onDynalite(down as unknown as Client)
      const event = anEvent()
      const { slot, key } = event
      const outcome = { slot, key, kind: 'failed', atMs: 1 } as const
      const checkpoint = { delivered: [], upTo: '', lateMs: [] }
      const unsettled = { slot, sinceMs: 1, tries: 1, againAtMs: 1 }
      const settling = newSettling(0)
      const works: Record<string, (() => Promise<unknown>)[]> = {
        'read events': [
          () => table.find([event]),
          () => table.findHeads([event]),
          () => Array.fromAsync(table.eventsBetween(slot, FIRST_KEY, LAST_KEY)),
          () => Array.fromAsync(table.headsBetween(slot, FIRST_KEY, LAST_KEY)),
        ],
        'look for events': [() => table.present([event]), () => table.holdsEvents(slot)],
        'count events': [() => table.countEvents(slot)],
        'read keys of events': [() => Array.fromAsync(table.keysBetween(slot, FIRST_KEY, LAST_KEY))],
        'read what is planned': [() => Array.fromAsync(table.plannedEvents(slot))],
        'park payloads': [() => table.park([anEvent({ payload: 'x'.repeat(5_000) })])],
        'look for what is known': [() => table.knownBefore([event], ['a'])],
        'look up events': [() => table.lookUp([event]), () => table.lookUpHeads([event])],
        'read announcements': [() => Array.fromAsync(table.announced(slot, 0))],
        'announce events': [() => table.announce([event], MINUTE_MS)],
        'index own ids': [() => table.index([event])],
        'read the places of an id': [() => Array.fromAsync(table.placesOfId('a'))],
        'read clearings': [() => table.clearingsOf(['a'])],
        'clear id a': [
          () => table.clear('a', '1'),
          () => table.saveCleared('a', { doneMs: 1, wentOutMs: 0 }),
          () => table.saveLeft('a', { order: '1', dueAtMs: [] }),
        ],
        'take the lease of id a': [() => table.takeLease({ id: 'a', handling: '1' })],
        'give back the lease of id a': [() => table.giveLeaseBack({ id: 'a', handling: '1' })],
        [`note that event ${event.key} is asked for again`]: [() => table.askAgain(event, { messageId: 'm', atMs: 1 })],
        'read checkpoints': [
          () => Array.fromAsync(table.checkpoints(slot, 0)),
          () => Array.fromAsync(table.checkpointsSince(slot, 0, 0)),
        ],
        [`write a checkpoint of slot ${slot}`]: [() => table.checkpoint(slot, 0, checkpoint)],
        'read the shards of minute 2026-11-23T12-34Z': [() => table.shardsAt(MINUTE_MS)],
        'read minutes': [() => Array.fromAsync(table.minutesBetween(MINUTE_MS, MINUTE_MS + 1))],
        'divide minute 2026-11-23T12-34Z': [() => table.divideMinute(MINUTE_MS, 1)],
        'read outcomes': [
          () => table.outcomesOf([event]),
          () => Array.fromAsync(table.outcomesBetween(slot, FIRST_KEY, LAST_KEY)),
        ],
        [`write that event ${key} of slot ${slot} is failed`]: [
          () => table.conclude(outcome),
          () => table.concludeFirst(outcome),
          () => table.concludeInstead(outcome, outcome),
        ],
        [`read the owner of segment 3 of slot ${slot}`]: [() => table.incarnationOf(slot, 3)],
        [`take segment 3 of slot ${slot}`]: [() => table.takeSegment(slot, 3)],
        [`read the record of slot ${slot}`]: [() => table.runnerRecord(slot)],
        [`change the record of slot ${slot}`]: [
          () => table.saveSegments(slot, []),
          () => table.saveRun(slot, 2),
          () => table.unsettle(slot),
          () => table.saveSettling(slot, settling),
        ],
        'read unsettled slots': [() => Array.fromAsync(table.unsettledSlots())],
        [`write whether slot ${slot} is settled`]: [
          () => table.addUnsettled(unsettled),
          () => table.saveUnsettled(unsettled),
          () => table.removeUnsettled(unsettled),
        ],
        'read the watermark': [() => table.watermark()],
        'change the watermark': [
          () => table.beginWatermark(1),
          () => table.saveWatermark({ sweptUntilMs: 1, auditedUntilMs: 1 }),
        ],
      }
      for (const [purpose, all] of Object.entries(works))
        for (const work of all) {
          const fault = await work().catch(({ message }: Error) => message)
          expect(fault).to.equal(`Could not ${purpose} in table ${tableName}: InternalServerError: down`)
        }
    })

    it('name the table that is not there, for readers as for writers', async () => {
      const missing = { client: dynamo.client, tableName: 'scheduler-events-nowhere', clock: fakeClock(MINUTE_MS) }
      const writer = eventsTable({ ...missing, random: seededRandom(1), retentionDays: RETENTION_DAYS })
      for (const work of [() => eventsReader(missing).watermark(), () => writer.park([anEvent()])]) {
        const fault = await work().catch((error: unknown) => error)
        expect(fault).to.be.instanceOf(SchedulerError).and.have.property('code', 'TABLE_NOT_FOUND')
        expect(fault).to.have.property('message').that.includes('There is no table scheduler-events-nowhere')
      }
    })

    it('name the record that is not what the scheduler writes', async () => {
      const { table, tableName } = await onDynalite()
      const Item = { pk: anEvent().slot, sk: 'runner', runs: 'many' }
      await dynamo.client.send(new PutCommand({ TableName: tableName, Item }))
      const fault = await table.runnerRecord(Item.pk).catch((error: unknown) => error)
      expect(fault).to.be.instanceOf(SchedulerError).and.have.property('code', 'ITEM_UNREADABLE')
      expect(fault).to.have.property('message').that.includes(`Item ${Item.pk} runner `)
      expect(fault).to.have.nested.property('cause.name', 'ZodError')
    })

    it('are none of an item’s when they happen while it is read', () => {
      const strange = Object.assign(new Error('strange'), { code: 'ITEM_UNREADABLE' })
      for (const fault of [strange, new SchedulerError('TABLE_UNAVAILABLE', 'down')]) {
        const read = () => {
          throw fault
        }
        expect(() => tryToRead({ pk: 'a', sk: 'b' }, read)).to.throw(fault.message)
      }
    })

    it('are none for what cannot be read, where nobody wants to be told: a checkpoint leaves what was due to doubt', async () => {
      const { table, tableName } = await onDynalite()
      const { slot } = anEvent()
      const sk = `checkpoint#00#${String(MINUTE_MS).padStart(15, '0')}#x`
      await dynamo.client.send(new PutCommand({ TableName: tableName, Item: { pk: slot, sk, packed: 1 } }))
      expect(await Array.fromAsync(table.checkpoints(slot, 0))).to.deep.equal([
        [{ delivered: [], upTo: FIRST_KEY, lateMs: [], doubtUntilMs: MINUTE_MS }],
      ])
    })

    it('are none for an event that cannot be read: it is told of once, and apart from those that can', async () => {
      const { table, tableName } = await onDynalite()
      const [good, bad, gone] = [anEvent(), anEvent(), anEvent()]
      await table.park([good, bad])
      await table.conclude({ slot: good.slot, key: good.key, kind: 'failed', atMs: 1 })
      const Item = { pk: bad.slot, sk: `event#${bad.key}`, lane: 'fast' }
      await dynamo.client.send(new PutCommand({ TableName: tableName, Item }))
      const told: string[] = []
      const unreadableItem = ({ sk }: { sk: string }) => void told.push(sk)
      const reader = eventsReader({ client: dynamo.client, tableName, clock: fakeClock(1), unreadable: unreadableItem })
      const { events, outcomes, unreadable } = await reader.lookUp([good, bad, gone])
      expect(told).to.deep.equal([Item.sk])
      expect(events).to.deep.equal([good])
      expect(outcomes.map(({ key }) => key)).to.deep.equal([good.key])
      expect(unreadable).to.deep.equal([{ slot: bad.slot, key: bad.key }])
      const { places } = await reader.knownBefore([bad, gone], [])
      expect(places).to.deep.equal([{ slot: bad.slot, key: bad.key }])
    })

    it('of an outcome that the SDK makes again, because its answer is lost, find themselves there', async () => {
      const twice = async (command: Parameters<Client['send']>[0]) => {
        await dynamo.client.send(command)
        return dynamo.client.send(command)
      }
      const { table } = await onDynalite({ send: twice as Client['send'] })
      const [one, other, third] = [anEvent(), anEvent(), anEvent()]
      const failed = { ...other, kind: 'failed', atMs: 2, by: 'me' } as const
      expect(await table.concludeFirst({ ...one, kind: 'cancelled', atMs: 1 })).to.equal(true)
      expect(
        await table.concludeInstead({ ...one, kind: 'moved', atMs: 2 }, { ...one, kind: 'cancelled', atMs: 1 }),
      ).to.equal(true)
      expect(await table.claim(other, 'me')).to.equal(true)
      expect(await table.conclude(failed)).to.equal(true)
      expect(await table.conclude({ ...third, kind: 'expired', atMs: 1 })).to.equal(true)
      expect(await table.concludeFirst({ ...third, kind: 'expired', atMs: 1 })).to.equal(false)
    })

    it('are not taken for a condition that does not hold', async () => {
      const down = { send: () => Promise.reject(Object.assign(new Error('down'), { name: 'InternalServerError' })) }
      const { table } = await onDynalite(down as unknown as Client)
      const ref = anEvent()
      for (const work of [
        () => table.concludeFirst({ ...ref, kind: 'cancelled', atMs: 1 }),
        () => table.claim(ref, 'me'),
        () => table.settle(ref.slot, 0, emptySettlement()),
        () => table.saveSegments(ref.slot, []),
      ]) {
        const fault = await work().catch((error: unknown) => error)
        expect(fault).to.be.instanceOf(SchedulerError).and.have.property('code', 'TABLE_UNAVAILABLE')
        expect(fault).to.have.nested.property('cause.message', 'down')
      }
    })
  })
}

function retention() {
  describe('retention', () => {
    const DAY_S = 24 * 3_600

    it('ends the set days after an event is due, and two weeks more for an outage', async () => {
      const { table, tableName } = await onDynalite()
      const dueAtMs = MINUTE_MS + 7 * DAY_S * 1_000
      await table.park([anEvent({ dueAtMs })])
      expect(await expiries(tableName)).to.deep.equal([dueAtMs / 1_000 + (RETENTION_DAYS + OUTAGE_DAYS) * DAY_S])
    })

    it('ends as much later than now for an event past due', async () => {
      const { table, tableName } = await onDynalite()
      await table.park([anEvent({ dueAtMs: MINUTE_MS - 7 * DAY_S * 1_000 })])
      expect(await expiries(tableName)).to.deep.equal([MINUTE_MS / 1_000 + (RETENTION_DAYS + OUTAGE_DAYS) * DAY_S])
    })

    it('ends at once, by the second, for a slot that is unsettled no more', async () => {
      const { table, tableName, clock } = await onDynalite()
      clock.shift(1)
      const unsettled = { slot: anEvent().slot, sinceMs: 1, tries: 1, againAtMs: 1 }
      await table.saveUnsettled(unsettled)
      await table.removeUnsettled(unsettled)
      expect(await expiries(tableName)).to.deep.equal([MINUTE_MS / 1_000 + 1])
    })

    it('is of items whose keys have their instant and some letters of chance, where several are written at once', async () => {
      const { table, tableName } = await onDynalite()
      const { slot } = anEvent()
      for (let i = 0; i < 2; i++) await table.checkpoint(slot, 0, { delivered: [], upTo: '', lateMs: [] })
      const { Items = [] } = await dynamo.client.send(new ScanCommand({ TableName: tableName }))
      for (const { sk } of Items) expect(sk).to.match(/^checkpoint#00#001795437240000#[0-9a-z]{1,10}$/)
      expect(Items).to.have.length(2)
    })

    it('is set for every kind of item but the watermark, which stays', async () => {
      const { table, tableName } = await onDynalite()
      const event = anEvent()
      await table.conclude({ ...event, kind: 'failed', atMs: 1 })
      await table.checkpoint(event.slot, 0, { delivered: [], upTo: LAST_KEY, lateMs: [] })
      await table.saveRun(event.slot, 2)
      expect(await expiries(tableName)).to.have.length(3)
      await table.saveWatermark({ sweptUntilMs: 1, auditedUntilMs: 2 })
      const { Item } = await dynamo.client.send(
        new GetCommand({ TableName: tableName, Key: { pk: 'loader', sk: 'watermark' } }),
      )
      expect(Item).to.not.have.property('expiresAt')
    })

    async function expiries(TableName: string): Promise<number[]> {
      const { Items = [] } = await dynamo.client.send(new ScanCommand({ TableName }))
      for (const item of Items) expect(item.expiresAt).to.be.a('number')
      return Items.map(({ expiresAt }) => expiresAt)
    }
  })
}

/** A client whose batch requests process only so many items, as DynamoDB's do under load. */
function leavingOver({ atMost: takes }: { atMost: () => number }) {
  const requests: number[] = []
  const send = async (command: object) => {
    if (command instanceof BatchWriteCommand) {
      const [[name, all] = ['', []]] = Object.entries(command.input.RequestItems ?? {})
      requests.push(all.length)
      const atMost = takes()
      if (atMost > 0) await write(new BatchWriteCommand({ RequestItems: { [name]: all.slice(0, atMost) } }))
      return { UnprocessedItems: all.length > atMost ? { [name]: all.slice(atMost) } : {} }
    }
    if (command instanceof BatchGetCommand) {
      const [[name, { Keys = [], ...how }] = ['', { Keys: [] }]] = Object.entries(command.input.RequestItems ?? {})
      requests.push(Keys.length)
      const atMost = takes()
      const some = { [name]: { ...how, Keys: Keys.slice(0, atMost) } }
      const { Responses } = await dynamo.client.send(new BatchGetCommand({ RequestItems: some }))
      return { Responses, UnprocessedKeys: Keys.length > atMost ? { [name]: { Keys: Keys.slice(atMost) } } : {} }
    }
    return dynamo.client.send(command as never)
  }
  const write = (command: BatchWriteCommand) => dynamo.client.send(command)
  return { requests, client: { send } as unknown as Client }
}
