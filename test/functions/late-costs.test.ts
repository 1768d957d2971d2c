import { expect } from 'chai'
import type { ScheduledEvent } from '../../core/event.ts'
import { type Segment, segmentsOf } from '../../core/segment.ts'
import { slotAt } from '../../core/slot.ts'
import { eventsInMemory } from '../memory/events-table.ts'
import { arriving, NOW_MS } from '../support/arriving.ts'
import { requestsThrough } from '../support/breaking.ts'
import { topicArn } from '../support/builders.ts'
import { divide } from '../support/parking.ts'
import { aWorld, stepsOf } from '../support/world.ts'

const SLOT = slotAt(NOW_MS, 0)
const BATCH = 10

/**
 * Takes in some batches of events, and delivers them by the emitter that is at work.
 * @param inMs when they are due, ms from now
 * @returns what was asked of the table, by name, and of the express lane
 */
async function costsOf(inMs: number, batches: number) {
  const asked: Record<string, number> = {}
  const world = aWorld({ atMs: NOW_MS })
  const { clock, random } = world
  const dynamodb = requestsThrough(world.dynamodb, (name, call) => {
    asked[name] = (asked[name] ?? 0) + 1
    return call()
  })
  const table = eventsInMemory({ clock, random, dynamodb })
  const watched = { ...world, dynamodb, table }
  const [segment] = segmentsOf(SLOT, []) as [Segment]
  await world.table.saveSegments(SLOT, [segment])
  const events = Array.from({ length: batches * BATCH }, () =>
    arriving(inMs, { publication: { messageId: 'p', atMs: Math.min(NOW_MS, NOW_MS + inMs) - 2_000 } }),
  )
  await divide(watched, events)
  const steps = stepsOf(watched)
  const emitting = steps.deliverSegment(SLOT, segment)
  await clock.advance(1_000)
  for (let i = 0; i < events.length; i += BATCH)
    await clock.run(steps.schedule(events.slice(i, i + BATCH) as ScheduledEvent[]))
  await clock.run(emitting)
  expect(world.topics.received(topicArn())).to.have.length(events.length)
  return { asked, executions: world.express.executions.length, requests: Object.values(asked).reduce((a, b) => a + b) }
}

describe('a backlog of late events', () => {
  it('starts no execution and claims nothing', async () => {
    const { asked, executions } = await costsOf(-5_000, 20)
    expect(executions).to.equal(0)
    expect(asked['Put outcome']).to.equal(undefined)
  })

  it('costs one request for a batch more than events on time: its announcement', async () => {
    const [late, onTime] = [await costsOf(-5_000, 20), await costsOf(10_000, 20)]
    expect(late.asked['BatchWrite announcement']).to.equal(20)
    expect(late.asked['Put event']).to.equal(onTime.asked['Put event'])
    expect(late.requests - onTime.requests).to.be.at.most(20 + 5)
  })

  it('costs one write for an event more when their minute is over', async () => {
    const [over, late] = [await costsOf(-70_000, 20), await costsOf(-5_000, 20)]
    expect(over.executions).to.equal(0)
    expect(over.asked['Put outcome']).to.equal(20 * BATCH)
    expect(over.requests - late.requests).to.be.at.most(20 * BATCH + 5)
  })

  it('costs less a batch the longer it is', async () => {
    const [short, long] = [await costsOf(-5_000, 5), await costsOf(-5_000, 20)]
    expect(long.requests / 20).to.be.below(short.requests / 5)
  })
})
