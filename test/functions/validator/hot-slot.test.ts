import type { SQSRecord } from 'aws-lambda'
import { expect } from 'chai'
import { BULK_MS, TABLE_CALL_MS, VISIBILITY_TIMEOUT_SECONDS } from '../../../core/timetable.ts'
import { partitionCapacity } from '../../memory/dynamodb/capacity.ts'
import { dynamoDBInMemory, type Request } from '../../memory/dynamodb.ts'
import { eventsInMemory } from '../../memory/events-table.ts'
import { aMessage, aRecord, MINUTE_MS } from '../../support/builders.ts'
import { aWorld, functionsOf, type World } from '../../support/world.ts'

const EVENTS = 30_000
const SLOT = '2026-11-23T12-34Z-00'

/** As many take from the input queue where the settings say nothing: `validatorConcurrency`. */
const VALIDATORS = 100

/** What DynamoDB takes to answer, ms. */
const ANSWER_MS = 5

/** A world whose partitions carry what those of DynamoDB do, and how often each item was written. */
function aWorldOfPartitions() {
  const world = aWorld({ atMs: MINUTE_MS - 3_600_000 })
  const dynamodb = dynamoDBInMemory(partitionCapacity(world.clock))
  const { store, client } = dynamodb
  const written = new Map<string, number>()
  const { set } = store
  store.set = (stored) => {
    const sk = String(stored.item.sk)
    written.set(sk, (written.get(sk) ?? 0) + 1)
    set(stored)
  }
  const send = async (command: Request) => {
    await world.clock.sleep(ANSWER_MS)
    return client.send(command as never)
  }
  const slow = { store, client: { send: send as typeof client.send } }
  const { clock, random } = world
  return { written, world: { ...world, dynamodb: slow, table: eventsInMemory({ clock, random, dynamodb: slow }) } }
}

/** The input queue, from which as many validators take as a stack has at most. @returns how long they take, ms */
async function takeAll(world: World, records: readonly SQSRecord[], validators: number) {
  const startMs = world.clock.now()
  const queue = records.map((record) => ({ record, visibleAtMs: startMs }))
  let cameBack = 0
  let longestMs = 0
  let left = records.length
  const validator = async () => {
    const { validator: handle } = functionsOf(world)
    while (left > 0) {
      const beganMs = world.clock.now()
      const taken = queue.splice(0, 10).filter((one) => one.visibleAtMs <= beganMs || !queue.push(one))
      if (taken.length === 0) {
        await world.clock.sleep(1_000)
        continue
      }
      const { batchItemFailures } = await handle({ Records: taken.map(({ record }) => record) })
      longestMs = Math.max(longestMs, world.clock.now() - beganMs)
      const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier))
      left -= taken.length - failed.size
      cameBack += failed.size
      const visibleAtMs = beganMs + VISIBILITY_TIMEOUT_SECONDS * 1_000
      for (const { record } of taken) if (failed.has(record.messageId)) queue.push({ record, visibleAtMs })
    }
  }
  await world.clock.run(Promise.all(Array.from({ length: validators }, validator)))
  return { tookMs: world.clock.now() - startMs, cameBack, longestMs }
}

describe('30,000 events of one kilobyte for one minute', function () {
  this.timeout(300_000)

  it('are stored in a minute, at the thousand units a second that a slot has, none written twice and none coming back', async () => {
    const { world, written } = aWorldOfPartitions()
    const payload = 'x'.repeat(1_024)
    const date = (i: number) => new Date(MINUTE_MS + 2 * i).toISOString()
    const records = Array.from({ length: EVENTS }, (_, i) =>
      aRecord(aMessage({ id: `e-${i}`, date: date(i), payload }), { messageId: `m-${i}` }),
    )
    const { tookMs, cameBack, longestMs } = await takeAll(world, records, VALIDATORS)
    expect(world.table.countEventsIn(SLOT)).to.equal(EVENTS)
    expect([...written].filter(([sk, times]) => sk.startsWith('event#') && times > 1)).to.deep.equal([])
    // Two units an event: more than one kilobyte with its other fields.
    expect(tookMs).to.be.within(59_000, 65_000)
    expect(cameBack).to.equal(0)
    expect(longestMs).to.be.below(BULK_MS + TABLE_CALL_MS)
  })
})
