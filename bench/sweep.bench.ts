import { systemClock } from '../aws/system-clock.ts'
import { options } from './options.ts'
import { startReport } from './report/result.ts'
import { table } from './report/table.ts'
import { startParkedTable } from './sweep/parked-table.ts'
import { sweepOften } from './sweep/sweep-often.ts'

// What does a sweep cost when a hundred times as many events are parked?

const DAY_MS = 86_400_000
const { parked: sizes, sweeps } = options({ parked: [10_000, 100_000, 1_000_000], sweeps: 100 })

const report = startReport('sweep', 'What does a sweep cost when more events are parked?')
const results = []
for (const parked of sizes) {
  const store = await startParkedTable()
  const startedMs = performance.now()
  await store.parkOver(DAY_MS, parked, systemClock.now())
  const parkSeconds = (performance.now() - startedMs) / 1_000
  results.push({ parked, parkSeconds, ...(await sweepOften(store, sweeps)) })
  const { p50, requests, reads } = results.at(-1) as (typeof results)[number]
  report.note(`${parked} parked: ${p50.toFixed(2)} ms, ${requests} requests, ${reads} items a sweep`)
  await store.stop()
}
const head = ['parked', 'sweep p50 ms', 'p99 ms', 'requests a sweep', 'items read', 'read units', 'parked/s']
const rows = results.map(({ parked, p50, p99, requests, reads, units, parkSeconds }) => [
  parked,
  p50,
  p99,
  requests,
  reads,
  units,
  Math.round(parked / parkSeconds),
])
report.finish(table(head, rows), results)
