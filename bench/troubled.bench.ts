import { accountOf } from './measure/account.ts'
import { options } from './options.ts'
import { startChild } from './processes/child.ts'
import { latenessPicture } from './report/lateness-picture.ts'
import { startReport } from './report/result.ts'
import { table } from './report/table.ts'
import { run } from './systems/run.ts'
import { startSystem } from './systems/system.ts'
import { steady } from './workload.ts'

// Does a slow target, or one that fails, delay the others?

const {
  rate,
  seconds,
  'warm-up': warmUpSeconds,
  healthy,
  quiet,
} = options({ rate: 200, seconds: 60, 'warm-up': 10, healthy: 3, quiet: 120 })
/** What fails is not waited for: it is tried again for a day. */
const PATIENCE_MS = 10_000
/** See `processes/troubled-topics.ts`: its name is what is wrong with a topic. */
const SLOW = 'bench-slow'
const FAILING = 'bench-failing'
const HEALTHY = Array.from({ length: healthy }, (_, i) => `bench-healthy-${i + 1}`)

/** As many to the two in trouble as to two healthy ones. */
const TROUBLED = [...HEALTHY, SLOW, FAILING]
const CASES = { 'all healthy': HEALTHY, 'one slow, one failing': TROUBLED }

const report = startReport('troubled', 'Does a slow or a failing target delay the others?')
const results = []
for (const [label, targets] of Object.entries(CASES)) {
  const proxy = await startChild('troubled-topics', {})
  const system = await startSystem('scheduler', { snsEndpoint: String(proxy.ready.endpoint) })
  if ('skipped' in system) throw new Error(system.skipped)
  await proxy.call('forwardTo', system.endpoint)
  const workload = () => steady({ rate, seconds, warmUpSeconds, leadMs: [1_000, 10_000], targets })
  const result = await run(system, workload, { patienceMs: PATIENCE_MS, quietWithinMs: quiet * 1_000 })
  for (const [group, topics] of Object.entries({ healthy: HEALTHY, slow: [SLOW], failing: [FAILING] })) {
    const account = accountOf(result.workload, result.arrivals, (target) => topics.includes(target))
    if (account.counted > 0) results.push({ label, group, ...account })
  }
  const { p50, p99, max } = results.find((one) => one.label === label && one.group === 'healthy')?.lateness ?? {}
  report.note(`${label}: healthy targets p50 ${p50} p99 ${p99} max ${max} ms`)
  await system.stop()
  await proxy.stop()
}

const head = ['case', 'targets', 'events', 'arrived', 'early', 'lost', 'twice', 'p50', 'p90', 'p99', 'p99.9', 'max ms']
const rows = results.map(({ label, group, counted, early, lost, doubled, lateness }) => [
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
const series = results.filter(({ group }) => group === 'healthy').map(({ label, sorted }) => ({ name: label, sorted }))
const picture = latenessPicture('Lateness of healthy targets at the receiver', series)
report.finish(table(head, rows), results, { troubled: picture })
