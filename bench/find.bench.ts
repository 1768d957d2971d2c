import { systemClock } from '../aws/system-clock.ts'
import { list, next } from '../client/list.ts'
import { options } from './options.ts'
import { startReport } from './report/result.ts'
import { table } from './report/table.ts'
import { startParkedTable } from './sweep/parked-table.ts'

// What does it take to find events among very many?

const HOUR_MS = 3_600_000
const { parked, times } = options({ parked: 100_000, times: 50 })

const report = startReport('find', 'What does it take to find events among very many?')
const store = await startParkedTable()
const nowMs = systemClock.now()
await store.parkOver(HOUR_MS, parked, nowMs)
report.note(`${parked} events parked over an hour`)
const parts = { table: async () => store.table, clock: systemClock }
const minute = { from: nowMs + 30 * 60_000, to: nowMs + 31 * 60_000 }

/** Each way to look, and how many events it finds. */
const LOOKS: Record<string, () => Promise<number>> = {
  'next 20': async () => (await next(parts, 20)).length,
  'list of a minute': async () => (await Array.fromAsync(list(parts, minute))).length,
  'list of an hour, the first 20': async () => (await Array.fromAsync(list(parts, { from: nowMs, limit: 20 }))).length,
}

const results = []
for (const [look, find] of Object.entries(LOOKS)) {
  const before = { ...store.reads }
  const tookMs: number[] = []
  let found = 0
  for (let i = 0; i < times; i++) {
    const startedMs = performance.now()
    found = await find()
    tookMs.push(performance.now() - startedMs)
  }
  tookMs.sort((a, b) => a - b)
  const each = (name: keyof typeof before) => (store.reads[name] - before[name]) / times
  const [p50 = 0, max = 0] = [tookMs[Math.floor(times / 2)], tookMs.at(-1)]
  results.push({ look, found, p50, max, requests: each('requests'), items: each('items'), units: each('units') })
  report.note(`${look}: ${found} events in ${p50.toFixed(1)} ms`)
}
await store.stop()
const head = ['look', 'events', 'p50 ms', 'max ms', 'requests', 'items read', 'read units']
const rows = results.map(({ look, found, p50, max, requests, items, units }) => [
  look,
  found,
  p50,
  max,
  requests,
  items,
  units,
])
report.finish(table(head, rows), results)
