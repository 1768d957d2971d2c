import { setTimeout as sleep } from 'node:timers/promises'
import { startMeter } from './measure/processes.ts'
import { options, settings } from './options.ts'
import { startChild } from './processes/child.ts'
import type { Published } from './processes/publisher.ts'
import { startReport } from './report/result.ts'
import { table } from './report/table.ts'
import { SYSTEMS, startSystem } from './systems/system.ts'
import { TARGET, type Workload } from './workload.ts'

// How many events a second can be handed in, for an hour from now?

const { events, systems, config, profile } = options({
  events: 20_000,
  systems: SYSTEMS.filter((name) => name !== 'floor'),
  /** Settings of our stack, `name=value`, that are not to be the defaults. */
  config: [] as string[],
  /** A folder for CPU profiles of our stack; they cost time, so the figures of such a run are not for the record. */
  profile: '',
})
const HOUR_MS = 3_600_000
const PATIENCE_MS = 120_000

/** As fast as they are taken. */
const workloadOf = (): Workload => {
  const startAtMs = Date.now()
  const when = { startAtMs, dueFromMs: startAtMs + HOUR_MS, warmUpMs: 0, spreadMs: 1_000 }
  return { seed: startAtMs, warmUpEvents: 0, events, ...when, leadMs: [2 * HOUR_MS, 2 * HOUR_MS], targets: [TARGET] }
}

const report = startReport('ingest', 'How many events a second are accepted?')
const results = []
for (const name of systems) {
  const system = await startSystem(name, { profile, config: settings(config) })
  if ('skipped' in system) {
    report.note(system.skipped)
    continue
  }
  const { endpoint, url, pids } = system
  const argument = { workload: workloadOf(), system: name, endpoint, url }
  const publisher = await startChild('publisher', argument)
  const meter = startMeter(pids)
  const startedMs = performance.now()
  const { accepted, errors } = await publisher.call<Published>('run')
  const acceptedMs = performance.now() - startedMs
  while (performance.now() - startedMs < PATIENCE_MS && (await system.parked(accepted)) < accepted) await sleep(20)
  const parkedMs = performance.now() - startedMs
  const usage = meter.stop()
  results.push({ name, accepted, errors, acceptedMs, parkedMs, usage })
  report.note(`${name}: ${accepted} acknowledged in ${Math.round(acceptedMs)} ms, stored in ${Math.round(parkedMs)} ms`)
  for (const error of errors.slice(0, 3)) report.note(`  ${error}`)
  await publisher.stop()
  await system.stop()
}
const head = ['system', 'events', 'acknowledged/s', 'stored/s', 'CPU s/1,000', 'MB']
const rows = results.map(({ name, accepted, acceptedMs, parkedMs, usage }) => [
  name,
  accepted,
  Math.round((accepted / acceptedMs) * 1_000),
  Math.round((accepted / parkedMs) * 1_000),
  (usage.cpuSeconds / accepted) * 1_000,
  Math.round(usage.peakMb),
])
report.finish(table(head, rows), results)
