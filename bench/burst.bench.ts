import { options } from './options.ts'
import { latenessPicture } from './report/lateness-picture.ts'
import { startReport } from './report/result.ts'
import { type LabelledRun, oneLine, ratiosTable, runsTable } from './report/runs.ts'
import { table } from './report/table.ts'
import { run } from './systems/run.ts'
import { SYSTEMS, startSystem } from './systems/system.ts'
import { BURST_AHEAD, BURST_INTAKE, burst } from './workload.ts'

// How soon is a burst delivered that falls due in the same second, or in the same millisecond?

const { events, within, systems, ahead, intake, quiet } = options({
  events: [1_000, 10_000, 30_000],
  /** Milliseconds over which they fall due. */
  within: [1_000, 1],
  systems: SYSTEMS,
  /** Seconds that a run waits for a machine that is busy with something else. */
  quiet: 120,
  /** Seconds between the last one handed in and the first one due, at least. */
  ahead: BURST_AHEAD,
  /** Events a second handed in. */
  intake: BURST_INTAKE,
})

const report = startReport('burst', 'How soon is a burst delivered?')
const runs: LabelledRun[] = []
for (const count of events)
  for (const withinMs of within)
    for (const system of systems) {
      const started = await startSystem(system)
      if ('skipped' in started) {
        report.note(started.skipped)
        continue
      }
      try {
        const sizes = { events: count, withinMs, intakeRate: intake, aheadMs: ahead * 1_000 }
        const result = await run(started, () => burst(sizes), { quietWithinMs: quiet * 1_000 })
        runs.push({ label: `${count} in ${withinMs === 1_000 ? '1 s' : `${withinMs} ms`}`, ...result })
        report.note(oneLine(runs.at(-1) as LabelledRun))
      } finally {
        await started.stop()
      }
    }
const speeds = table(
  ['system', 'burst', 'last after first due, ms', 'delivered/s', 'accepted/s'],
  runs.map(({ system, label, account, published }) => [
    system,
    label,
    account.drainMs,
    Math.round(((account.counted - account.lost) / account.drainMs) * 1_000),
    Math.round((published.accepted / published.tookMs) * 1_000),
  ]),
)
const pictures = [...new Set(runs.map(({ label }) => label))].map((label) => {
  const drawn = runs.filter((one) => one.label === label)
  const series = drawn.map(({ system, account }) => ({ name: system, sorted: account.sorted }))
  return [`burst-${label.replaceAll(' ', '-')}`, latenessPicture(`Lateness at the receiver, burst of ${label}`, series)]
})
report.finish([runsTable(runs), speeds, ratiosTable(runs)].join('\n\n'), runs, Object.fromEntries(pictures))
