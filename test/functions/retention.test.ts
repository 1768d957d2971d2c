import { expect } from 'chai'
import { PREFIX } from '../../aws/events-table/items.ts'
import { KNOWN_FOR_MS } from '../../core/forgotten.ts'
import { listEvents } from '../../status/list-events.ts'
import { eventsInMemory } from '../memory/events-table.ts'
import { aBatch, aMessage, FAILURE_TOPIC, topicArn } from '../support/builders.ts'
import { drain } from '../support/drain.ts'
import { aWorld, functionsOf, type World } from '../support/world.ts'

const DAY_MS = 24 * 3_600_000

/** A world with other settings from now on: the same table, kept for so long. */
function keeping(world: World, retentionDays: number): World {
  const { clock, random, dynamodb } = world
  return { ...world, table: eventsInMemory({ clock, random, dynamodb, retentionDays }) }
}

const publish = (world: World, ...messages: string[]) =>
  world.clock.run(functionsOf(world).validator(aBatch(...messages)))
const received = ({ topics }: World) => topics.received(topicArn()).map(({ id }) => id)
const told = ({ topics }: World) => topics.notices(FAILURE_TOPIC).map(({ code, id }) => `${code} ${id}`)

/** The setting, in days, when events were scheduled, and when they were delivered. */
type Retention = [scheduled: number, delivered: number]

/** Two events of one minute, delivered, and what is left of them when `days` are over. */
async function delivered([scheduled, then]: Retention, days: number) {
  const world = aWorld({ retentionDays: scheduled })
  const fromMs = world.clock.now()
  const messages = ['a', 'b'].map((id) => aMessage({ id, date: new Date(fromMs + 3_600_000).toISOString() }))
  await publish(world, ...messages)
  const after = keeping(world, then)
  await drain(after, 65)
  expect(received(after).sort()).to.deep.equal(['a', 'b'])
  await after.clock.advance(days * DAY_MS)
  const statuses = async () => {
    const span = { fromMs, toMs: fromMs + 7_200_000, nowMs: after.clock.now() }
    return (await Array.fromAsync(listEvents(after.table, span))).map(({ status }) => status)
  }
  return { after, statuses, publishAgain: () => publish(after, messages[0] as string) }
}

describe('an event of which all but itself has expired', () => {
  const ways: [how: string, retention: Retention, days: number][] = [
    ['because the retention was lowered', [365, 2], 17],
    ['because DynamoDB deletes it last', [30, 30], 45],
  ]
  for (const [how, retention, days] of ways)
    it(`is told as unknown, and is not delivered again with its minute when it is published again (${how})`, async () => {
      const { after, statuses, publishAgain } = await delivered(retention, days)
      after.table.deleteExpired((sk) => !sk.startsWith(PREFIX.event))
      expect(await statuses()).to.deep.equal(['unknown', 'unknown'])
      await publishAgain()
      await drain(after, 15)
      expect(received(after)).to.have.length(2)
      expect(told(after)).to.deep.equal(['EVENT_ENDED a'])
    })

  it('is told as it was, and is the same event, as long as anything is kept at all', async () => {
    const { after, statuses, publishAgain } = await delivered([365, 2], KNOWN_FOR_MS / DAY_MS - 0.1)
    after.table.deleteExpired(() => true)
    expect(await statuses()).to.deep.equal(['delivered', 'delivered'])
    await publishAgain()
    await drain(after, 15)
    expect(received(after)).to.have.length(2)
    expect(told(after)).to.deep.equal([])
  })
})
