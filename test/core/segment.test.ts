import { expect } from 'chai'
import { eventKey, FIRST_KEY, keyAt, LAST_KEY } from '../../core/event.ts'
import {
  BURST_BYTES,
  createCutter,
  evenCuts,
  MAX_HELD_BYTES,
  MAX_SEGMENTS,
  type Segment,
  segmentSchema,
  segmentsOf,
} from '../../core/segment.ts'
import { slotAt } from '../../core/slot.ts'
import { MINUTE_MS } from '../support/builders.ts'
import { seededRandom } from '../support/random.ts'

const SLOT = slotAt(MINUTE_MS, 0)
const SECOND_10 = MINUTE_MS + 10_000

/** Segments of events due at these times, in key order. */
function planned(times: readonly number[], burst: number, { size = 1, burstBytes = 1e9 } = {}): Segment[] {
  const cutter = createCutter({ burst, burstBytes })
  const keys = times.map((ms, i) => eventKey(ms, String(i).padStart(7, '0'), 1)).sort()
  for (const key of keys) cutter.add({ key, size })
  return segmentsOf(SLOT, cutter.cuts())
}

const inside = ({ from, to }: Segment, key: string) => key >= from && key < to
const spread = (count: number, fromMs: number, overMs: number) =>
  Array.from({ length: count }, (_, i) => fromMs + Math.floor((i * overMs) / count))

describe('the segments of a slot', () => {
  it('are one for an empty minute, with every key there can be', () => {
    const whole = { index: 0, from: FIRST_KEY, to: LAST_KEY, startMs: MINUTE_MS, untilMs: MINUTE_MS + 60_000 }
    expect(segmentsOf(SLOT, [])).to.deep.equal([whole])
  })

  it('are one for an ordinary minute', () => {
    expect(planned(spread(600, MINUTE_MS, 60_000), 10)).to.have.length(1)
  })

  it('are one for a second with exactly as many events as one emitter takes', () => {
    expect(planned(spread(10, SECOND_10, 1_000), 10)).to.have.length(1)
  })

  it('are cut around a second with one event more, and in it', () => {
    const segments = planned(spread(11, SECOND_10, 1_000), 10)
    const at = (ms: number) => ms - MINUTE_MS
    expect(segments.map(({ startMs, untilMs }) => [at(startMs), at(untilMs)])).to.deep.equal([
      [0, 10_000],
      [10_000, 10_910],
      [10_909, 11_000],
      [11_000, 60_000],
    ])
  })

  it('do not add up the events of two seconds', () => {
    expect(planned(spread(20, SECOND_10 + 500, 1_000), 10)).to.have.length(1)
  })

  it('are cut by size as well', () => {
    expect(planned(spread(4, SECOND_10, 1_000), 10, { size: 50, burstBytes: 200 })).to.have.length(1)
    expect(planned(spread(5, SECOND_10, 1_000), 10, { size: 50, burstBytes: 200 })).to.have.length(4)
  })

  it('have no cut for one event, however large it is', () => {
    const cutter = createCutter({ burstBytes: 10 })
    cutter.add({ key: eventKey(SECOND_10, 'a', 1), size: 11 })
    expect(cutter.cuts()).to.deep.equal([])
  })

  it('hold 32 MiB of payload a second, which an emitter has in memory at once, and are cut above', () => {
    const cutsOf = (sizes: readonly number[]) => {
      const cutter = createCutter()
      for (const [i, size] of sizes.entries()) cutter.add({ key: eventKey(SECOND_10 + i, 'a', 1), size })
      return cutter.cuts()
    }
    const half = 16 * 1_048_576
    expect(cutsOf([half, half])).to.deep.equal([])
    expect(cutsOf([half, half, 1])).to.have.length(3)
    expect(MAX_HELD_BYTES).to.be.at.least(BURST_BYTES)
  })

  it('are read from a state machine’s data as they were written there', () => {
    const [segment] = segmentsOf(SLOT, [])
    expect(segmentSchema.parse(JSON.parse(JSON.stringify(segment)))).to.deep.equal(segment)
    expect(segmentSchema.safeParse({ ...segment, to: undefined }).success).to.equal(false)
  })

  it('have each event of a burst of one millisecond in one of them', () => {
    const segments = planned(
      Array.from({ length: 35 }, () => SECOND_10),
      10,
    )
    expect(segments).to.have.length(6)
    const keys = Array.from({ length: 35 }, (_, i) => eventKey(SECOND_10, String(i).padStart(7, '0'), 1))
    const counts = segments.map((segment) => keys.filter((key) => inside(segment, key)).length)
    expect(counts).to.deep.equal([0, 10, 10, 10, 5, 0])
    for (const { startMs, untilMs } of segments.slice(1, 4))
      expect([startMs, untilMs]).to.deep.equal([SECOND_10, SECOND_10 + 1])
  })

  it('are at most as many as a Map runs at once, however large the burst', () => {
    const segments = planned(spread(6_000, SECOND_10, 1_000), 10)
    expect(segments).to.have.length(MAX_SEGMENTS)
    const counts = segments.map(({ startMs, untilMs }) => untilMs - startMs)
    // Thinned evenly: but for the two ends no segment is much longer than another.
    expect(Math.max(...counts.slice(1, -1))).to.be.below(3 * Math.min(...counts.slice(1, -1)))
  })

  it('are forty for forty cuts less one, all of them kept', () => {
    const cuts = Array.from({ length: 39 }, (_, i) => keyAt(MINUTE_MS + (i + 1) * 1_000))
    expect(segmentsOf(SLOT, cuts).map(({ from }) => from)).to.deep.equal([FIRST_KEY, ...cuts])
  })

  it('are not cut at the edges of the minute, which would leave empty ones', () => {
    expect(planned(spread(20, MINUTE_MS, 1_000), 10)[0]).to.include({ from: FIRST_KEY })
    expect(planned(spread(20, MINUTE_MS + 59_000, 1_000), 10).at(-1)).to.include({ to: LAST_KEY })
    expect(segmentsOf(SLOT, [keyAt(MINUTE_MS), keyAt(MINUTE_MS + 60_000)])).to.have.length(1)
  })

  it('hold events past due, which have keys before the minute, in the first', () => {
    const past = eventKey(MINUTE_MS - 86_400_000, 'late', 1)
    const [first] = planned([MINUTE_MS - 86_400_000, ...spread(20, SECOND_10, 1_000)], 10) as [Segment]
    expect(inside(first, past)).to.equal(true)
    expect(first.startMs).to.equal(MINUTE_MS)
  })

  it('cover every key once and every event in its time, whatever lies in the slot', () => {
    const random = seededRandom(11)
    for (let round = 0; round < 30; round++) {
      const bursts = Array.from({ length: Math.floor(random() * 5) }, () => MINUTE_MS + Math.floor(random() * 60_000))
      const times = [
        ...bursts.flatMap((ms) => Array.from({ length: Math.floor(random() * 120) }, () => ms)),
        ...spread(Math.floor(random() * 300), MINUTE_MS, 60_000),
      ].filter((ms) => ms < MINUTE_MS + 60_000)
      const segments = planned(times, 1 + Math.floor(random() * 12))
      expect(segments.length).to.be.within(1, MAX_SEGMENTS)
      expect(segments.map(({ index }) => index)).to.deep.equal(segments.map((_, i) => i))
      expect(segments[0]?.from).to.equal(FIRST_KEY)
      expect(segments.at(-1)?.to).to.equal(LAST_KEY)
      for (const [i, segment] of segments.entries()) {
        expect(segment.from < segment.to).to.equal(true)
        expect(segment.to).to.equal(segments[i + 1]?.from ?? LAST_KEY)
      }
      for (const ms of new Set([...times, ...spread(50, MINUTE_MS, 60_000)])) {
        const owners = segments.filter((segment) => inside(segment, eventKey(ms, 'any-id', 1)))
        expect(owners).to.have.length(1)
        expect(owners[0]?.startMs).to.be.at.most(ms)
        expect(owners[0]?.untilMs).to.be.above(ms)
      }
    }
  })
})

describe('the cuts for what of a slot is not known', () => {
  it('are evenly in time, over the whole minute where nothing of it is known', () => {
    const third = [0, 20_000, 40_000].map((ms) => keyAt(MINUTE_MS + ms))
    for (const from of [FIRST_KEY, eventKey(MINUTE_MS - 86_400_000, 'past due', 1)])
      expect(evenCuts(SLOT, { from, besides: MAX_SEGMENTS - 4 })).to.deep.equal(third)
  })

  it('are in what is behind the last key that is known', () => {
    const from = eventKey(MINUTE_MS + 29_999, 'a', 1)
    const half = [30_000, 45_000].map((ms) => keyAt(MINUTE_MS + ms))
    expect(evenCuts(SLOT, { from, besides: MAX_SEGMENTS - 3 })).to.deep.equal(half)
  })

  it('are at whole milliseconds, as many as may stand beside the other cuts, one at least', () => {
    const cuts = (besides: number) => evenCuts(SLOT, { from: FIRST_KEY, besides })
    expect(cuts(0)).to.have.length(MAX_SEGMENTS - 1)
    expect(cuts(0)[1]).to.equal(keyAt(MINUTE_MS + Math.floor(60_000 / 39)))
    for (const besides of [MAX_SEGMENTS - 2, MAX_SEGMENTS - 1, MAX_SEGMENTS + 9])
      expect(cuts(besides)).to.deep.equal([keyAt(MINUTE_MS)])
  })
})
