import type { Run } from '../systems/run.ts'
import { table } from './table.ts'

/** A run and what it is called in the table. */
export interface LabelledRun extends Run {
  label: string
}

const HEAD = [
  'system',
  'workload',
  'accepted',
  'arrived',
  'early',
  'lost',
  'twice',
  'emitter p50',
  'p99',
  'receiver p50',
  'p90',
  'p99',
  'p99.9',
  'max ms',
  'CPU s/1,000',
  'MB',
  'around',
  'other CPUs',
]

/** The figures of runs, a line each. */
export function runsTable(runs: readonly LabelledRun[]): string {
  return table(
    HEAD,
    runs
      .flatMap(withTimers)
      .map(({ system, label, published, account, emitter, usage }) => [
        system,
        label,
        published.accepted,
        account.counted - account.lost,
        account.early,
        account.lost,
        account.doubled,
        emitter.p50,
        emitter.p99,
        account.lateness.p50,
        account.lateness.p90,
        account.lateness.p99,
        account.lateness.p999,
        account.lateness.max,
        (usage.cpuSeconds / account.counted) * 1_000,
        Math.round(usage.peakMb),
        usage.aroundCpus,
        usage.otherCpus,
      ]),
  )
}

/** The floor twice: its timers alone, before anything is published, come first. */
function withTimers(run: LabelledRun): LabelledRun[] {
  if (run.system !== 'floor' || !run.woke) return [run]
  return [{ ...run, system: 'floor, in memory', account: { ...run.account, lateness: run.woke } }, run]
}

/** How many times as late as ours each peer is, at the receiver, for each workload. */
export function ratiosTable(runs: readonly LabelledRun[]): string {
  const ours = new Map(runs.filter(({ system }) => system === 'scheduler').map((run) => [run.label, run]))
  const compared = runs.filter(({ system, label }) => system !== 'scheduler' && ours.has(label))
  if (compared.length === 0) return ''
  return table(
    ['compared with ours', 'workload', 'p50 ×', 'p99 ×', 'p99.9 ×', 'drain ×', 'CPU ×'],
    compared.map((run) => {
      const mine = ours.get(run.label) as LabelledRun
      const ratio = (of: (one: Run) => number) => of(run) / Math.max(of(mine), Number.EPSILON)
      return [
        run.system,
        run.label,
        ratio(({ account }) => Math.max(1, account.lateness.p50)),
        ratio(({ account }) => Math.max(1, account.lateness.p99)),
        ratio(({ account }) => Math.max(1, account.lateness.p999)),
        ratio(({ account }) => account.drainMs),
        ratio(({ usage, account }) => usage.cpuSeconds / account.counted),
      ]
    }),
  )
}

/** One line while a benchmark is under way. */
export function oneLine({ system, label, account, published, warnings }: LabelledRun): string {
  const { lateness, counted, lost, early, doubled, drainMs } = account
  const odd = Object.entries(warnings).map(([text, count]) => `\n    ${count} × ${text}`)
  const refused = published.errors.slice(0, 3).map((error) => `\n    not accepted: ${error}`)
  const arrived = `${counted - lost} of ${counted}, ${early} early, ${doubled} twice`
  const late = `p50 ${lateness.p50} p99 ${lateness.p99} max ${lateness.max} ms, last ${drainMs} ms after the first due`
  return `${system}, ${label}: ${arrived}, ${late}${odd.slice(0, 5).join('')}${refused.join('')}`
}
