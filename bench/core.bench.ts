import { NODE_OPTIONS } from '../infra/node-options.ts'
import type { CoreResult } from './core/gauge.ts'
import type { IntakeResult } from './core/intake.ts'
import { options } from './options.ts'
import { startChild } from './processes/child.ts'
import type { CoreCase } from './processes/core-case.ts'
import { latenessPicture } from './report/lateness-picture.ts'
import { startReport } from './report/result.ts'
import { table } from './report/table.ts'

// What do emitter and validator themselves cost? Their code with a publisher and a table that answer from memory.

const { events, rate, seconds, taken } = options({
  /** Events of each case but the steady one. */
  events: 1_000_000,
  /** Events a second of the steady case. */
  rate: 15_000,
  /** Of the steady case and, all events together, of the spread one. */
  seconds: 60,
  /** Events that the validator takes in. */
  taken: 100_000,
})

const report = startReport(
  'core',
  'What do emitter and validator themselves cost, with everything around them in memory?',
)
const atOnce = { events, spreadMs: 0 }
const spread = { events, spreadMs: seconds * 1_000 }
const steady = { events: rate * seconds, spreadMs: seconds * 1_000 }
const CASES: (CoreCase & { name: string })[] = [
  { name: `loop, ${events} at once`, what: 'loop', feed: atOnce },
  { name: `loop, ${events} over ${seconds} s`, what: 'loop', feed: spread },
  { name: `loop, ${rate}/s`, what: 'loop', feed: steady },
  { name: `segment, ${events} at once`, what: 'segment', feed: atOnce },
  { name: `segment, ${rate}/s`, what: 'segment', feed: steady },
]
const results: (CoreResult & { name: string })[] = []
for (const { name, ...one } of CASES) {
  const result = await measured<CoreResult>(one)
  results.push({ name, ...result })
  const { perSecond, lateness, peakMb } = result
  report.note(`${name}: ${Math.round(perSecond)}/s, p99 ${lateness.p99} ms, ${Math.round(peakMb)} MB`)
}
const intake: (IntakeResult & { name: string })[] = []
for (const [name, feed] of Object.entries({
  'without ids': { ownIds: false, late: false },
  'with ids of their own': { ownIds: true, late: false },
  'when their minute is over': { ownIds: false, late: true },
}))
  intake.push({ name, ...(await measured<IntakeResult>({ what: 'intake', feed: { events: taken, ...feed } })) })
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
const takenIn = table(
  ['taken in', 'stored', 'events/s', 'CPU s/1,000'],
  intake.map(({ name, stored, perSecond, cpuSeconds }) => [
    name,
    stored,
    Math.round(perSecond),
    (cpuSeconds / stored) * 1_000,
  ]),
)
report.finish(
  [table(head, rows), takenIn].join('\n\n'),
  { results, intake },
  { core: latenessPicture('Lateness of the emitter alone', series) },
)

/** In a process of its own, with the options that functions have. */
async function measured<Result>(one: CoreCase): Promise<Result> {
  const child = await startChild('core-case', one, [NODE_OPTIONS])
  try {
    return await child.call<Result>('measure')
  } finally {
    await child.stop()
  }
}
