import {
  BatchGetCommand,
  BatchWriteCommand,
  type DynamoDBDocumentClient as Client,
  GetCommand,
  PutCommand,
  ScanCommand,
} from '@aws-sdk/lib-dynamodb'
import { expect } from 'chai'
import { eventsReader, eventsTable } from '../../aws/events-table.ts'
import { SchedulerError } from '../../core/errors.ts'
import { FIRST_KEY, LAST_KEY } from '../../core/event.ts'
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

/** Real requests and waits that take no time: real sockets and a fake clock would wait for each other. */
async function onDynalite(client: Pick<Client, 'send'> = dynamo.client, { random = seededRandom(1) } = {}) {
  const clock = fakeClock(MINUTE_MS)
  const slept: number[] = []
  const sleep = async (ms: number) => void slept.push(ms)
  const tableName = await dynamo.createTable()
  const ports = { clock: { ...clock, sleep }, random, retentionDays: RETENTION_DAYS }
  return { clock, slept, tableName, table: eventsTable({ ...ports, tableName, client: client as Client }) }
}

function bulkRequests() {
  describe('bulk requests to DynamoDB', () => {
    it('write what a request leaves unprocessed in the next one', async () => {
      const { client, requests } = leavingOver({ atMost: 10 })
      const { table } = await onDynalite(client)
      const events = Array.from({ length: 30 }, (_, i) => anEvent({ dueAtMs: MINUTE_MS + i }))
      await table.park(events)
      expect(requests).to.have.members([25, 15, 5, 5])
      expect(await table.find(events)).to.have.deep.members(events)
    })

    it('read what a request leaves unprocessed in the next one', async () => {
      const { client, requests } = leavingOver({ atMost: 40 })
      const { table } = await onDynalite(client)
      const events = Array.from({ length: 120 }, (_, i) => anEvent({ dueAtMs: MINUTE_MS + i }))
      await table.park(events)
      expect(await table.find(events)).to.have.deep.members(events)
      expect(Math.max(...requests)).to.equal(100)
    })

    it('wait longer before each repetition', async () => {
      const { client } = leavingOver({ atMost: 1 })
      const { table, slept } = await onDynalite(client, { random: () => 0.5 })
      await table.park(Array.from({ length: 5 }, (_, i) => anEvent({ dueAtMs: MINUTE_MS + i })))
      expect(slept).to.deep.equal([50, 100, 200, 400])
    })

    it('wait half as long, or half as long again, so that not all come at once', async () => {
      for (const [random, waitsMs] of [
        [0, [25, 50]],
        [1, [75, 150]],
      ] as const) {
        const { client } = leavingOver({ atMost: 1 })
        const { table, slept } = await onDynalite(client, { random: () => random })
        await table.park(Array.from({ length: 3 }, (_, i) => anEvent({ dueAtMs: MINUTE_MS + i })))
        expect(slept).to.deep.equal(waitsMs)
      }
    })

    it('keep in step with nobody where a reader is alone', async () => {
      const { tableName, table, clock } = await onDynalite()
      const events = Array.from({ length: 3 }, (_, i) => anEvent({ dueAtMs: MINUTE_MS + i }))
      await table.park(events)
      const slept: number[] = []
      const sleep = async (ms: number) => void slept.push(ms)
      const { client } = leavingOver({ atMost: 1 })
      const reader = eventsReader({ client, tableName, clock: { ...clock, sleep } })
      expect(await reader.find(events)).to.have.deep.members(events)
      expect(slept).to.deep.equal([50, 100])
    })

    it('are done when an answer says of nothing that it is left over', async () => {
      const { table } = await onDynalite({ send: async () => ({}) } as unknown as Client)
      await table.park([anEvent()])
      expect(await table.find([anEvent()])).to.deep.equal([])
      const pages = await Array.fromAsync(table.eventsBetween(anEvent().slot, FIRST_KEY, LAST_KEY))
      expect(pages.flat()).to.deep.equal([])
    })

    it('end with a fault when DynamoDB keeps leaving items over', async () => {
      const { client } = leavingOver({ atMost: 0 })
      const { table, tableName, slept } = await onDynalite(client)
      const fault = await table.park([anEvent()]).catch((error: unknown) => error)
      const sentence = `1 of 1 items were left unprocessed 8 times by table ${tableName}, which is throttled`
      expect(fault).to.have.property('message', sentence)
      expect(fault).to.be.instanceOf(SchedulerError).with.property('code', 'TABLE_UNAVAILABLE')
      expect(slept).to.have.length(7)
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

    it('name the table that is not there, for readers as for writers', async () => {
      const missing = { client: dynamo.client, tableName: 'scheduler-events-nowhere', clock: fakeClock(MINUTE_MS) }
      const writer = eventsTable({ ...missing, random: seededRandom(1), retentionDays: RETENTION_DAYS })
      for (const work of [() => eventsReader(missing).watermark(), () => writer.park([anEvent()])]) {
        const fault = await work().catch((error: unknown) => error)
        expect(fault).to.be.instanceOf(SchedulerError).and.have.property('code', 'TABLE_NOT_FOUND')
        expect(fault).to.have.property('message').that.includes('There is no table scheduler-events-nowhere')
      }
    })

    it('name the item that is not what the scheduler writes', async () => {
      const { table, tableName } = await onDynalite()
      const event = anEvent()
      const Item = { pk: event.slot, sk: `event#${event.key}`, id: 7 }
      await dynamo.client.send(new PutCommand({ TableName: tableName, Item }))
      const fault = await table.find([event]).catch((error: unknown) => error)
      expect(fault).to.be.instanceOf(SchedulerError).and.have.property('code', 'ITEM_UNREADABLE')
      expect(fault).to.have.property('message').that.includes(`Item ${Item.pk} ${Item.sk} `)
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

    it('is set for every kind of item but the watermark, which stays', async () => {
      const { table, tableName } = await onDynalite()
      const event = anEvent()
      await table.conclude({ ...event, kind: 'failed', atMs: 1 })
      await table.checkpoint(event.slot, 0, { delivered: [], upTo: LAST_KEY, lateness: {} })
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
function leavingOver({ atMost }: { atMost: number }) {
  const requests: number[] = []
  const send = async (command: object) => {
    if (command instanceof BatchWriteCommand) {
      const [[name, all] = ['', []]] = Object.entries(command.input.RequestItems ?? {})
      requests.push(all.length)
      if (atMost > 0) await write(new BatchWriteCommand({ RequestItems: { [name]: all.slice(0, atMost) } }))
      return { UnprocessedItems: all.length > atMost ? { [name]: all.slice(atMost) } : {} }
    }
    if (command instanceof BatchGetCommand) {
      const [[name, { Keys = [], ...how }] = ['', { Keys: [] }]] = Object.entries(command.input.RequestItems ?? {})
      requests.push(Keys.length)
      const some = { [name]: { ...how, Keys: Keys.slice(0, atMost) } }
      const { Responses } = await dynamo.client.send(new BatchGetCommand({ RequestItems: some }))
      return { Responses, UnprocessedKeys: Keys.length > atMost ? { [name]: { Keys: Keys.slice(atMost) } } : {} }
    }
    return dynamo.client.send(command as never)
  }
  const write = (command: BatchWriteCommand) => dynamo.client.send(command)
  return { requests, client: { send } as unknown as Client }
}
