import { expect } from 'chai'
import { LAST_KEY, type ScheduledEvent } from '../../core/event.ts'
import { slotAt } from '../../core/slot.ts'
import { eventFacts } from '../../status/event-facts.ts'
import { listEvents } from '../../status/list-events.ts'
import { UNLIMITED } from '../memory/dynamodb/store.ts'
import { dynamoDBInMemory } from '../memory/dynamodb.ts'
import { eventsInMemory } from '../memory/events-table.ts'
import { due, MINUTE_MS } from '../support/builders.ts'
import { fakeClock } from '../support/fake-clock.ts'
import { parkAll } from '../support/parking.ts'
import { seededRandom } from '../support/random.ts'

const EVENTS = 10_000
const SLOT = slotAt(MINUTE_MS, 0)

/** A slot of ten thousand events, all delivered and written down once a second, and the units that reading it takes. */
async function aFullSlot() {
  let units = 0
  const dynamodb = dynamoDBInMemory({
    ...UNLIMITED,
    consume: (_, access, used) => {
      if (access === 'read') units += used
    },
  })
  const clock = fakeClock(MINUTE_MS)
  const table = eventsInMemory({ clock, random: seededRandom(1), dynamodb })
  const events = Array.from({ length: EVENTS }, (_, i) =>
    due(Math.floor((i * 60_000) / EVENTS), { id: `${i}`.padEnd(36, '-') }),
  )
  await parkAll({ table, shards: 1 }, events)
  for (let second = 0; second < 60; second++) {
    await clock.advance(1_000)
    const delivered = events.filter(({ dueAtMs }) => Math.floor((dueAtMs - MINUTE_MS) / 1_000) === second)
    const keys = delivered.map(({ key }) => key)
    await table.checkpoint(SLOT, 0, { delivered: keys, upTo: '', lateMs: keys.map(() => 3) })
  }
  const unitsOf = async (read: () => Promise<unknown>) => {
    units = 0
    await read()
    return units
  }
  return { table, events, unitsOf, nowMs: clock.now() }
}

describe('what looking costs in a slot of 10,000 events', () => {
  it('is some tens of read units for one event, where all checkpoints together are hundreds', async () => {
    const { table, events, unitsOf, nowMs } = await aFullSlot()
    const all = await unitsOf(() => Array.fromAsync(table.checkpoints(SLOT, 0)))
    for (const event of [events[0], events[5_000], events[9_999]] as ScheduledEvent[]) {
      const one = await unitsOf(() => eventFacts(table, event, nowMs))
      expect(one, event.date).to.be.within(5, 25)
    }
    expect(all).to.be.within(120, 200)
  })

  it('is the event and nothing else where it cannot have been delivered: not due yet, or cancelled in time', async () => {
    const { table, unitsOf, nowMs } = await aFullSlot()
    const [ahead, cancelled] = [due(3_600_000), due(50_000)]
    await table.park([ahead, cancelled])
    await table.conclude({ slot: SLOT, key: cancelled.key, kind: 'cancelled', atMs: MINUTE_MS - 60_000 })
    for (const event of [ahead, cancelled])
      expect(await unitsOf(() => eventFacts(table, event, nowMs))).to.be.at.most(2)
  })

  it('is every event once, and checkpoints about twice, for a list of all', async () => {
    const { table, unitsOf, nowMs } = await aFullSlot()
    const heads = await unitsOf(() => Array.fromAsync(table.headsBetween(SLOT, '', LAST_KEY)))
    const checkpoints = await unitsOf(() => Array.fromAsync(table.checkpoints(SLOT, 0)))
    const span = { fromMs: MINUTE_MS, toMs: MINUTE_MS + 60_000, nowMs }
    const list = await unitsOf(() => Array.fromAsync(listEvents(table, span)))
    expect(list).to.be.within(heads + checkpoints, heads + 2.5 * checkpoints)
  })

  it('is as little for a page of a list', async () => {
    const { table, events, unitsOf, nowMs } = await aFullSlot()
    const span = { fromMs: (events[5_000] as ScheduledEvent).dueAtMs, toMs: MINUTE_MS + 60_000, nowMs }
    const first = await unitsOf(async () => {
      for await (const { status } of listEvents(table, span)) {
        expect(status).to.equal('delivered')
        return
      }
    })
    expect(first).to.be.within(10, 40)
  })
})
