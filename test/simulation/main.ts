import { readOptions, type SimulationOptions } from './options.ts'
import { commandOf, reportOf, totalOf } from './report.ts'
import { shrink } from './shrink.ts'
import { type Result, simulate } from './simulate.ts'

/** @returns the exit code: 0 when every promise was kept, 1 when one was broken */
async function main({ seed, seeds, minutes, ...options }: SimulationOptions): Promise<number> {
  const { hours, rate, faults, fickle, index } = options
  const first = minutes === undefined ? seed : Math.floor(performance.timeOrigin) % 1_000_000
  const deadlineMs = minutes === undefined ? Number.POSITIVE_INFINITY : performance.now() + minutes * 60_000
  const count = minutes === undefined ? seeds : Number.POSITIVE_INFINITY
  const results: Result[] = []
  for (let i = 0; i < count && performance.now() < deadlineMs; i++) {
    const run = { seed: first + i, hours, rate, faults, fickle, index }
    const startMs = performance.now()
    const result = await simulate(run)
    console.log(reportOf(run, result, performance.now() - startMs))
    results.push(result)
    if (!result.violation) continue
    if (options.stop) break
    if (options.shrink) console.log(`  smaller: ${commandOf(await shrink(run))}`)
  }
  if (results.length > 1) console.log(totalOf(results))
  return results.some(({ violation }) => violation) ? 1 : 0
}

/** What the command line asks for; a wrong one ends the program with its sentence and exit code 2. */
function options(): SimulationOptions {
  try {
    return readOptions(process.argv.slice(2))
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exit(2)
  }
}

process.exitCode = await main(options())
