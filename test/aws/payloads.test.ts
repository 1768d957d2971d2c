import { expect } from 'chai'
import { LAST_KEY, type ScheduledEvent } from '../../core/event.ts'
import { slotAt } from '../../core/slot.ts'
import { dynamoDBInMemory } from '../memory/dynamodb.ts'
import { eventsInMemory } from '../memory/events-table.ts'
import { dyingAt, FAULTS, failingAt } from '../support/breaking.ts'
import { due, MINUTE_MS } from '../support/builders.ts'
import { fakeClock } from '../support/fake-clock.ts'
import { aWorld } from '../support/world.ts'

const SLOT = slotAt(MINUTE_MS, 0)
const PAYLOAD = 'x'.repeat(250_000)

/** A table that counts the units it reads and writes. */
function metered() {
  const units = { read: 0, write: 0 }
  const dynamodb = dynamoDBInMemory({
    admits: () => true,
    consume: (_, access, some) => {
      units[access] += some
    },
  })
  return { units, dynamodb, table: eventsInMemory({ clock: fakeClock(MINUTE_MS), random: () => 0.5, dynamodb }) }
}

type Metered = ReturnType<typeof metered>

/** What a request cost in units. */
async function costOf({ units, table }: Metered, request: (table: Table) => AsyncIterable<unknown> | Promise<unknown>) {
  Object.assign(units, { read: 0, write: 0 })
  const answer = request(table)
  if (answer instanceof Promise) await answer
  else for await (const _ of answer);
  return { ...units }
}

describe('a large payload', () => {
  it('costs nothing to those who plan, settle or look, however large it is', async () => {
    const [small, large] = [metered(), metered()]
    const events = Array.from({ length: 100 }, (_, i) => due(i, { id: `e${i}` }))
    await small.table.park(events.map((event) => ({ ...event, payload: 'x'.repeat(30) })))
    await large.table.park(events.map((event) => ({ ...event, payload: PAYLOAD })))
    for (const one of [small, large]) {
      expect((await costOf(one, (table) => table.plannedEvents(SLOT))).read).to.be.at.most(13)
      expect((await costOf(one, (table) => table.keysBetween(SLOT, '', LAST_KEY))).read).to.be.at.most(13)
      expect((await costOf(one, (table) => table.findHeads(events))).read).to.equal(100)
      expect((await costOf(one, (table) => table.holdsEvents(SLOT))).read).to.equal(1)
    }
  })

  it('costs one unit more to write than it would within its event, at most', async () => {
    for (const length of [4_097, 4_500, 5_000, 5_119, 5_120, 100_000, 250_000]) {
      const one = metered()
      const event = due(2, { payload: 'x'.repeat(length) })
      const { write } = await costOf(one, (table) => table.park([event]))
      const bytes = one.dynamodb.store.get({ pk: SLOT, sk: `event#${event.key}` })?.bytes ?? Number.NaN
      expect(write, `${length}`).to.be.at.most(Math.ceil((length + bytes) / 1_024) + 1)
    }
  })

  for (const fault of FAULTS)
    it(`is there wherever its event is, when any request of the parking ${fault}`, async () => {
      for (let at = 1, done = false; !done; at++) {
        const world = aWorld()
        const failing = failingAt(world, at, fault)
        const events = manyLarge()
        await failing.table.park(events).catch(() => {})
        done = failing.calls() < at
        await nothingIsHalf(world.table, events)
      }
    })

  it('is there wherever its event is, when whoever parks it is killed at any request', async () => {
    for (let at = 1, done = false; !done; at++) {
      const world = aWorld()
      const mortal = dyingAt(world, at)
      const events = manyLarge()
      done = (await Promise.race([mortal.table.park(events).then(() => true), mortal.died.then(() => false)])) === true
      await nothingIsHalf(world.table, events)
    }
  })

  it('is there wherever its event is, when DynamoDB leaves over what it likes of any batch, for good', async () => {
    for (let kept = 0; kept <= 60; kept++) {
      let left = kept
      const dynamodb = dynamoDBInMemory({ admits: (_, access) => access === 'read' || left-- > 0, consume: () => {} })
      const clock = fakeClock(MINUTE_MS)
      const table = eventsInMemory({ clock, random: () => 0.5, dynamodb })
      const events = manyLarge()
      await clock.run(table.park(events).catch(() => {}))
      await nothingIsHalf(table, events)
    }
  })
})

const manyLarge = () => Array.from({ length: 30 }, (_, i) => due(i, { payload: `${i}`.repeat(5_000) }))

type Table = ReturnType<typeof eventsInMemory>

async function nothingIsHalf(table: Table, events: readonly ScheduledEvent[]): Promise<void> {
  const [whole, heads] = [await table.find(events), await table.findHeads(events)]
  expect(whole.map(({ key }) => key)).to.have.members(heads.map(({ key }) => key))
}
