import { options, settings } from './options.ts'
import { latenessPicture } from './report/lateness-picture.ts'
import { startReport } from './report/result.ts'
import { type LabelledRun, oneLine, ratiosTable, runsTable } from './report/runs.ts'
import { run } from './systems/run.ts'
import { SYSTEMS, startSystem } from './systems/system.ts'
import { NEAR_MIX, steady } from './workload.ts'

// How late are events at steady rates, ours beside the floor and what one would pick instead?

/** How long before due events are handed in, ms. far: through loader and runner. */
const LEADS: Record<string, [number, number]> = { near: NEAR_MIX, far: [300_000, 360_000] }

const {
  rate,
  seconds,
  'warm-up': warmUpSeconds,
  systems,
  mix,
  ids,
  config,
  profile,
  quiet,
} = options({
  rate: [50, 200, 1_000],
  seconds: 120,
  'warm-up': 10,
  systems: SYSTEMS,
  /** Seconds that a run waits for a machine that is busy with something else. */
  quiet: 120,
  mix: 'near',
  /** Whether events come to our scheduler with ids of the client's: `own` or `none`. */
  ids: 'none',
  /** Settings of our stack, `name=value`, that are not to be the defaults. */
  config: [] as string[],
  /** A folder for CPU profiles of our stack; they cost time, so the figures of such a run are not for the record. */
  profile: '',
})
const leadMs = LEADS[mix]
if (!leadMs) throw new Error(`--mix is "${mix}"; allowed: ${Object.keys(LEADS).join(', ')}`)
if (ids !== 'own' && ids !== 'none') throw new Error(`--ids is "${ids}"; allowed: own, none`)

const name = mix === 'near' ? 'lateness' : `lateness-${mix}`
const report = startReport(name, `How late are events at steady rates, ${mix} mix?`)
const runs: LabelledRun[] = []
for (const each of rate)
  for (const system of systems) {
    const started = await startSystem(system, { profile, config: settings(config) })
    if ('skipped' in started) {
      report.note(started.skipped)
      continue
    }
    try {
      const workload = () => steady({ rate: each, seconds, warmUpSeconds, leadMs, ownIds: ids === 'own' })
      const result = await run(started, workload, { quietWithinMs: quiet * 1_000 })
      runs.push({ label: `${each}/s`, ...result })
      report.note(oneLine(runs.at(-1) as LabelledRun))
    } finally {
      await started.stop()
    }
  }
const pictures = rate.map((each) => {
  const series = runs.filter(({ label }) => label === `${each}/s`)
  const title = `Lateness at the receiver, ${each} events/s for ${seconds} s, ${mix} mix`
  const drawn = series.map(({ system, account }) => ({ name: system, sorted: account.sorted }))
  return [`${name}-${each}`, latenessPicture(title, drawn)]
})
report.finish(`${runsTable(runs)}\n\n${ratiosTable(runs)}`, runs, Object.fromEntries(pictures))
