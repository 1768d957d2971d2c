import { parseArgs } from 'node:util'
import { parseFaults } from './faults.ts'
import { commandOf, reportOf } from './report.ts'
import { shrink } from './shrink.ts'
import { type Run, simulate } from './simulate.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
    hours: { type: 'string', default: '1' },
    rate: { type: 'string', default: '10' },
    faults: { type: 'string', default: 'all' },
    minutes: { type: 'string' },
    'no-shrink': { type: 'boolean', default: false },
    stop: { type: 'boolean', default: false },
  },
})

const first = values.minutes ? Math.floor(performance.timeOrigin) % 1_000_000 : Number(values.seed)
const deadlineMs = values.minutes ? performance.now() + Number(values.minutes) * 60_000 : Number.POSITIVE_INFINITY
const count = values.minutes ? Number.POSITIVE_INFINITY : Number(values.seeds)

for (let i = 0; i < count && performance.now() < deadlineMs; i++) {
  const run: Run = {
    seed: first + i,
    hours: Number(values.hours),
    rate: Number(values.rate),
    faults: parseFaults(values.faults),
  }
  const startMs = performance.now()
  const result = await simulate(run)
  console.log(reportOf(run, result, (performance.now() - startMs) / 1_000))
  if (!result.violation) continue
  process.exitCode = 1
  if (values.stop) break
  if (!values['no-shrink']) console.log(`  smaller: ${commandOf(await shrink(run))}`)
}
