import { untilMachineIsQuiet } from './measure/processes.ts'
import { options } from './options.ts'
import { drive } from './overload/drive.ts'
import { type Outcome, outcomeOf, recoveredAfter } from './overload/outcome.ts'
import { phasesOf } from './overload/phases.ts'
import { overloadPicture } from './report/overload-picture.ts'
import { startReport } from './report/result.ts'
import { table } from './report/table.ts'
import { SYSTEMS, type System, startSystem } from './systems/system.ts'

// What happens beyond saturation, and after: does goodput stay, and how long until all is as before?

const { seconds, times, systems, saturation, quiet, patience } = options({
  /** Of each phase. */
  seconds: 60,
  /** Rates of the phases, in saturations. */
  times: [0.5, 1, 2, 4, 0.5],
  systems: SYSTEMS.filter((system) => system !== 'floor'),
  /** Events a second that a system carries; 0: each is measured. */
  saturation: 0,
  /** Seconds that a run waits for a machine that is busy with something else. */
  quiet: 120,
  /** Seconds that are waited after the last phase for what is missing. */
  patience: 120,
})

/** Rates of the run that measures how much a system carries, events a second, and for how long each is held. */
const STEPS = [250, 500, 1_000, 2_000, 4_000, 8_000]
const STEP_SECONDS = 6

const report = startReport('overload', 'What happens beyond saturation, and how soon is it over?')
const runs: { system: string; saturation: number; outcome: Outcome; recoveredAfter: number }[] = []
for (const name of systems) {
  const carries = saturation || (await measured(name))
  if (Number.isNaN(carries)) continue
  const outcome = await onNew(name, (system) => {
    const stretches = times.map((factor) => ({ label: `${factor} ×`, rate: Math.round(factor * carries), seconds }))
    return drive(system, () => phasesOf(stretches), { patienceSeconds: patience }).then(outcomeOf)
  })
  if (!outcome) continue
  runs.push({
    system: name,
    saturation: carries,
    outcome,
    recoveredAfter: recoveredAfter(outcome, seconds * (times.length - 1)),
  })
  for (const { label, rate, goodput, lateness, lost } of outcome.phases)
    report.note(`${name}, ${label} ${rate}/s: ${Math.round(goodput)}/s arrived, p99 ${lateness.p99} ms, ${lost} never`)
}

/** Events a second that arrive at most, when more and more are due: with what is a backlog then it is stopped. */
async function measured(name: string): Promise<number> {
  const steps = STEPS.map((rate) => ({ label: `${rate}/s`, rate, seconds: STEP_SECONDS }))
  const outcome = await onNew(name, (system) =>
    drive(system, () => phasesOf(steps), { patienceSeconds: 0 }).then(outcomeOf),
  )
  if (!outcome) return Number.NaN
  const most = Math.round(Math.max(...outcome.phases.map(({ goodput }) => goodput)))
  report.note(`${name} carries ${most} events/s`)
  return most
}

/** @returns undefined, and says why, where the system cannot run here */
async function onNew<T>(name: string, work: (system: System) => Promise<T>): Promise<T | undefined> {
  const started = await startSystem(name)
  if ('skipped' in started) {
    report.note(started.skipped)
    return undefined
  }
  try {
    await untilMachineIsQuiet(quiet * 1_000)
    return await work(started)
  } finally {
    await started.stop()
  }
}

const peakOf = ({ phases }: Outcome) => Math.max(...phases.map(({ goodput }) => goodput))
const sum = (outcome: Outcome, of: (phase: Outcome['phases'][number]) => number) =>
  outcome.phases.reduce((total, phase) => total + of(phase), 0)
const phasesTable = table(
  ['system', 'phase', 'due/s', 'goodput/s', '% of peak', 'p50 ms', 'p99 ms', 'peak MB'],
  runs.flatMap(({ system, outcome }) =>
    outcome.phases.map(({ label, rate, goodput, lateness, peakMb }) => [
      system,
      label,
      rate,
      Math.round(goodput),
      Math.round((100 * goodput) / peakOf(outcome)),
      lateness.p50,
      lateness.p99,
      Math.round(peakMb),
    ]),
  ),
)
const systemsTable = table(
  ['system', 'saturation/s', 'early', 'never arrived', 'twice', 'normal again after s', 'idle MB', 'end MB'],
  runs.map(({ system, saturation: carried, outcome, recoveredAfter: after }) => [
    system,
    carried,
    sum(outcome, ({ early }) => early),
    sum(outcome, ({ lost }) => lost),
    sum(outcome, ({ doubled }) => doubled),
    after,
    Math.round(outcome.idleMb),
    Math.round(outcome.endMb),
  ]),
)
const borders = times.map((_, i) => i * seconds)
const courses = runs.map(({ system, outcome }) => ({ name: system, seconds: outcome.seconds }))
const title = `Half, one, two and four times of what each carries, and half again, ${seconds} s each`
report.finish(`${phasesTable}\n\n${systemsTable}`, runs, { overload: overloadPicture(title, courses, borders) })
