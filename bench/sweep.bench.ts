import { systemClock } from '../functions/gateway/system-clock.ts'
import { options } from './options.ts'
import { startReport } from './report/result.ts'
import { table } from './report/table.ts'
import { onDynalite, type ParkedTable, withoutDatabase } from './sweep/parked-tables.ts'
import { sweepOften } from './sweep/sweep-often.ts'

// What does a sweep cost when a hundred times as many events are parked?

const { dynalite, memory, sweeps } = options({
  /** Events parked in dynalite, through the gateway that is deployed. */
  dynalite: [10_000, 200_000],
  /** Events parked in the in-memory table, which passes the same behaviour suite. */
  memory: [10_000, 1_000_000],
  sweeps: 100,
})

const report = startReport('sweep', 'What does a sweep cost when more events are parked?')
const results = []
const makers: [string, () => Promise<ParkedTable>, number[]][] = [
  ['dynalite', onDynalite, dynalite],
  ['in memory', withoutDatabase, memory],
]
for (const [where, make, sizes] of makers)
  for (const parked of sizes) {
    const store = await make()
    const startedMs = performance.now()
    await store.parkOverADay(parked, systemClock.now())
    const parkSeconds = (performance.now() - startedMs) / 1_000
    results.push({ where, parked, parkSeconds, ...(await sweepOften(store, sweeps)) })
    const { p50, requests, reads } = results.at(-1) as (typeof results)[number]
    report.note(`${where}, ${parked} parked: ${p50.toFixed(2)} ms, ${requests} requests, ${reads} items a sweep`)
    await store.stop()
  }
const head = [
  'table',
  'parked',
  'sweep p50 ms',
  'p99 ms',
  'requests a sweep',
  'items read a sweep',
  'read units',
  'parked/s',
]
const rows = results.map(({ where, parked, p50, p99, requests, reads, units, parkSeconds }) => [
  where,
  parked,
  p50,
  p99,
  requests,
  reads,
  units,
  Math.round(parked / parkSeconds),
])
report.finish(table(head, rows), results)
