import { expect } from 'chai'
import { EMITTER_SECONDS, SLOT_TRANSITIONS } from '../../../infra/cost/cost.ts'
import { slotsOf, type TableUsage, tableUsage } from '../../../infra/cost/usage.ts'
import { MONTH_SECONDS, type Workload } from '../../../infra/cost/workload.ts'
import { parseSettings } from '../../../infra/settings.ts'
import { type Counted, type Given, type Part, wholePath } from './whole-path.ts'

const MONTH_MINUTES = MONTH_SECONDS / 60

/** The month of which a run is some minutes. */
function monthOf({ events, minutes, payloadBytes, inputBatch, aheadMs, ownIds }: Given): Workload {
  return {
    eventsPerMonth: (events * MONTH_MINUTES) / minutes,
    payloadBytes,
    inputBatch,
    outputBatch: 1,
    express: aheadMs === 0 ? 1 : 0,
    ownIds: ownIds ? 1 : 0,
    settings: parseSettings({}),
  }
}

const DELIVERING: Part[] = ['validator', 'planner', 'emitter', 'settler']

/** What a run has used, in the words of the function, a minute of it; of the loader what one look has. */
function usedBy({ parts, minutes }: Counted): Omit<TableUsage, 'storedGb'> {
  const units = (kind: 'reads' | 'writes', name: RegExp, of = DELIVERING) =>
    of.flatMap((part) => [...parts[part][kind]]).reduce((sum, [what, n]) => sum + (name.test(what) ? n : 0), 0)
  const loader = (kind: 'reads' | 'writes') => units(kind, /./, ['loader']) / parts.loader.invocations
  const parked = /^(BatchWrite|Put) (event|payload|place)$/
  const checkpoints = units('writes', / checkpoint$/)
  const events = units('writes', parked)
  return {
    eventWrites: events / minutes,
    checkpointWrites: checkpoints / minutes,
    otherWrites: (units('writes', /./) - events - checkpoints) / minutes + loader('writes'),
    // They are rounded up together: what is read of events, and that there are none.
    eventReads: 0,
    pollReads: 0,
    otherReads: units('reads', /./) / minutes + loader('reads'),
  }
}

/** What the function says of the same minute. */
function expectedOf(workload: Workload): Omit<TableUsage, 'storedGb'> {
  const { storedGb: _storedGb, eventReads, pollReads, otherReads, ...writes } = tableUsage(workload)
  const perMinute = Object.entries(writes).map(([kind, units]) => [kind, units / MONTH_MINUTES])
  const reads = { eventReads: 0, pollReads: 0, otherReads: (eventReads + pollReads + otherReads) / MONTH_MINUTES }
  return { ...(Object.fromEntries(perMinute) as Omit<TableUsage, 'storedGb'>), ...reads }
}

const FAR: Given = { events: 3_000, minutes: 3, payloadBytes: 200, inputBatch: 10, aheadMs: 600_000 }
const RUNS: Record<string, Given> = {
  'a thousand a minute': FAR,
  'twenty a minute, each of a batch of its own': { ...FAR, events: 60, inputBatch: 1 },
  'three thousand a minute': { ...FAR, events: 9_000, inputBatch: 100 },
  'payloads of 1 KB': { ...FAR, payloadBytes: 1_000 },
  'payloads of 10 KB, which stand apart': { ...FAR, events: 1_500, payloadBytes: 10_000 },
  'ids of the clients': { ...FAR, ownIds: true },
  'events of the next minute': { ...FAR, aheadMs: 60_000 },
  'events due at once': { ...FAR, events: 2_400, aheadMs: 0 },
}

/** Part by which count and function may differ: what is rounded up, and when events come. */
const CLOSE = { eventWrites: 0.015, checkpointWrites: 0.15, otherWrites: 0.12, otherReads: 0.15 }

describe('what a workload uses, by the function and as counted on the whole path', function () {
  this.timeout(60_000)
  for (const [name, given] of Object.entries(RUNS))
    describe(name, () => {
      let counted: Counted
      before(async () => {
        counted = await wholePath(given)
      })
      const workload = monthOf(given)

      it(`is delivered, every event of it (${name})`, () => {
        expect(counted.delivered).to.equal(given.events)
      })

      for (const [kind, part] of Object.entries(CLOSE) as [keyof typeof CLOSE, number][])
        it(`is the same in ${kind} (${name})`, () => {
          const is = usedBy(counted)[kind]
          expect(expectedOf(workload)[kind], `counted ${is} a minute`).to.be.closeTo(is, is * part)
        })

      it(`is stored in as many bytes, an item's overhead aside (${name})`, () => {
        const { storedGb } = tableUsage(workload)
        const perEvent = (storedGb * 1e9) / (workload.eventsPerMonth * (21 / 30))
        const is = counted.storedBytes / given.events + (100 * counted.items) / given.events
        // Records of slots and minutes weigh only where there are few events.
        if (given.events > 1_000) expect(perEvent).to.be.closeTo(is, is * 0.12)
      })

      it(`enters as many states, and runs as many functions as long (${name})`, () => {
        const slots = counted.parts.planner.invocations
        expect(slotsOf(workload).used / MONTH_MINUTES).to.be.closeTo(slots / given.minutes, 0.01)
        expect(counted.transitions).to.equal(SLOT_TRANSITIONS * slots)
        expect(counted.parts.validator.invocations).to.equal(given.events / given.inputBatch)
        expect(counted.parts.settler.invocations).to.equal(slots)
        expect(counted.parts.emitter.invocations).to.equal(slots + counted.express)
        if (counted.express === 0)
          expect(counted.parts.emitter.ms / 1_000 / slots).to.be.closeTo(EMITTER_SECONDS, EMITTER_SECONDS * 0.02)
        else expect(counted.express).to.equal(given.events / given.inputBatch)
      })
    })

  it('fills publishes where events of a target are due together, and hardly otherwise', async () => {
    const together = await wholePath({ ...FAR, events: 6_000, wholeSeconds: true })
    const apart = await wholePath({ ...FAR, events: 6_000 })
    expect(together.delivered / together.publishes).to.be.within(8, 10)
    expect(apart.delivered / apart.publishes).to.be.within(1, 1.2)
  })
})
