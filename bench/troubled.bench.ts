import { type Account, accountOf } from './measure/account.ts'
import { options } from './options.ts'
import { startChild } from './processes/child.ts'
import { latenessPicture } from './report/lateness-picture.ts'
import { startReport } from './report/result.ts'
import { table } from './report/table.ts'
import { run } from './systems/run.ts'
import { startSystem } from './systems/system.ts'
import { BURST_AHEAD, BURST_INTAKE, burst, NEAR_MIX, steady } from './workload.ts'

// Does a slow target, or one that fails, delay the others?

const {
  rate,
  seconds,
  'warm-up': warmUpSeconds,
  burst: burstEvents,
  healthy,
  quiet,
} = options({
  rate: 200,
  seconds: 60,
  'warm-up': 10,
  /** Events due in the same second. */
  burst: 10_000,
  healthy: 3,
  quiet: 120,
})
/** What fails is not waited for: it is tried again for a day. */
const PATIENCE_MS = 10_000
/** See `processes/troubled-topics.ts`: its name is what is wrong with a topic. */
const SLOW = 'bench-slow'
const FAILING = 'bench-failing'
const HEALTHY = Array.from({ length: healthy }, (_, i) => `bench-healthy-${i + 1}`)

/** As many to the two in trouble as to two healthy ones. */
const TROUBLED = [...HEALTHY, SLOW, FAILING]
const CASES = { 'all healthy': HEALTHY, 'one slow, one failing': TROUBLED }

const WORKLOADS = {
  [`${rate}/s`]: (targets: string[]) => steady({ rate, seconds, warmUpSeconds, leadMs: NEAR_MIX, targets }),
  [`burst of ${burstEvents}`]: (targets: string[]) =>
    burst({ events: burstEvents, withinMs: 1_000, intakeRate: BURST_INTAKE, aheadMs: BURST_AHEAD * 1_000, targets }),
}

const report = startReport('troubled', 'Does a slow or a failing target delay the others?')
const results: (Account & Record<'load' | 'label' | 'group', string>)[] = []
for (const [load, workload] of Object.entries(WORKLOADS))
  for (const [label, targets] of Object.entries(CASES)) {
    const proxy = await startChild('troubled-topics', {})
    const system = await startSystem('scheduler', { snsEndpoint: String(proxy.ready.endpoint) })
    if ('skipped' in system) throw new Error(system.skipped)
    await proxy.call('forwardTo', system.endpoint)
    const limits = { patienceMs: PATIENCE_MS, quietWithinMs: quiet * 1_000 }
    const result = await run(system, () => workload(targets), limits)
    for (const [group, topics] of Object.entries({ healthy: HEALTHY, slow: [SLOW], failing: [FAILING] })) {
      const account = accountOf(result.workload, result.arrivals, (target) => topics.includes(target))
      if (account.counted === 0) continue
      results.push({ load, label, group, ...account })
      const { p50, p99, max } = account.lateness
      const lateness = account.sorted.length > 0 ? `p50 ${p50} p99 ${p99} max ${max} ms` : 'nothing arrived'
      report.note(`${load}, ${label}: ${group} targets, ${lateness}`)
    }
    await system.stop()
    await proxy.stop()
  }

const head = [
  'load',
  'case',
  'targets',
  'events',
  'arrived',
  'early',
  'not arrived',
  'twice',
  'p50',
  'p90',
  'p99',
  'p99.9',
  'max ms',
]
const rows = results.map(({ load, label, group, counted, early, lost, doubled, lateness }) => [
  load,
  label,
  group,
  counted,
  counted - lost,
  early,
  lost,
  doubled,
  lateness.p50,
  lateness.p90,
  lateness.p99,
  lateness.p999,
  lateness.max,
])
const pictures = Object.keys(WORKLOADS).map((load) => {
  const drawn = results.filter((one) => one.load === load && one.group === 'healthy')
  const series = drawn.map(({ label, sorted }) => ({ name: label, sorted }))
  return [
    `troubled-${load.replaceAll(/[ /]/g, '-')}`,
    latenessPicture(`Lateness of healthy targets at the receiver, ${load}`, series),
  ]
})
report.finish(table(head, rows), results, Object.fromEntries(pictures))
