import { systemClock } from '../functions/gateway/system-clock.ts'
import { type CoreFeed, holdAndPublish } from './core/hold-and-publish.ts'
import { wholeSegment } from './core/whole-segment.ts'
import { options } from './options.ts'
import { latenessPicture } from './report/lateness-picture.ts'
import { startReport } from './report/result.ts'
import { table } from './report/table.ts'

// What does the emitter itself cost? Its loop with a publisher and a table that answer from memory.

const { events, rate, seconds } = options({
  /** Events of each case. */
  events: 1_000_000,
  /** Events a second of the steady case. */
  rate: 15_000,
  /** Of the steady case and, all events together, of the spread one. */
  seconds: 60,
})

const report = startReport('core', 'What does the emitter itself cost, with everything around it in memory?')
const atOnce: CoreFeed = { events, spreadMs: 0 }
const spread: CoreFeed = { events, spreadMs: seconds * 1_000 }
const steady: CoreFeed = { events: rate * seconds, spreadMs: seconds * 1_000 }
const cases = [
  { name: `loop: ${events} due at once`, feed: atOnce, measure: holdAndPublish },
  { name: `loop: ${events} over ${seconds} s`, feed: spread, measure: holdAndPublish },
  { name: `loop: ${rate}/s`, feed: steady, measure: holdAndPublish },
  { name: `segment: ${events} due at once`, feed: atOnce, measure: wholeSegment },
  { name: `segment: ${rate}/s`, feed: steady, measure: wholeSegment },
]
const results = []
for (const { name, feed, measure } of cases) {
  globalThis.gc?.()
  results.push({ name, ...(await measure(feed, systemClock)) })
  const { perSecond, lateness, cpuSeconds, peakMb } = results.at(-1) as (typeof results)[number]
  report.note(
    `${name}: ${Math.round(perSecond)}/s, p99 ${lateness.p99} ms, ${cpuSeconds.toFixed(1)} CPU s, ${Math.round(peakMb)} MB`,
  )
}
const rows = results.map(({ name, delivered, early, perSecond, lateness, cpuSeconds, peakMb }) => [
  name,
  delivered,
  early,
  Math.round(perSecond),
  lateness.p50,
  lateness.p99,
  lateness.p999,
  lateness.max,
  (cpuSeconds / delivered) * 1_000,
  Math.round(peakMb),
])
const head = ['case', 'delivered', 'early', 'events/s', 'p50', 'p99', 'p99.9', 'max ms', 'CPU s/1,000', 'peak MB']
const drawn = results.filter(({ name }) => !name.includes('at once'))
const series = drawn.map(({ name, sorted }) => ({ name, sorted }))
report.finish(table(head, rows), results, { core: latenessPicture('Lateness of the emitter alone', series) })
