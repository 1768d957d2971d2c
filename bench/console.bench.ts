import { setTimeout as sleep } from 'node:timers/promises'
import { documentClient, eventsTable } from '../aws/events-table.ts'
import { systemClock } from '../aws/system-clock.ts'
import { createClient } from '../client/index.ts'
import { HAS_CHROMIUM, startBrowser } from '../test/support/browser.ts'
import { watchFront } from './console/watched-front.ts'
import { quantilesOf } from './measure/quantiles.ts'
import { options } from './options.ts'
import { startReport } from './report/result.ts'
import { table } from './report/table.ts'
import { parkWith } from './sweep/parked-table.ts'
import { type Run, run } from './systems/run.ts'
import { startSystem } from './systems/system.ts'
import { NEAR_MIX, steady } from './workload.ts'

// What does the console cost, the page and the stack, when somebody looks?

const {
  parked,
  rate,
  seconds,
  rounds,
  'warm-up': warmUpSeconds,
  quiet,
  profile,
} = options({
  /** Events that stand in the table, due over the hour that begins ten minutes after the last round. */
  parked: 100_000,
  rate: 200,
  seconds: 120,
  /** With and without a page, in turns: what else the machine does meets both. */
  rounds: 2,
  'warm-up': 10,
  quiet: 120,
  /** A folder for CPU profiles of the stack, one a thread. */
  profile: '',
})

const MINUTE_MS = 60_000
/** None of them falls due, nor does its slot open, while one round is held against another. */
const FROM_MS = 2 * rounds * (warmUpSeconds + seconds + quiet) * 1_000 + 10 * MINUTE_MS
/** How often the page's memory is looked at, ms: rarely, as it is tidied up before, and all wait for that. */
const SAMPLE_MS = MINUTE_MS

if (!HAS_CHROMIUM) throw new Error('no /usr/bin/chromium: nothing can be measured')
const report = startReport('console', 'What does the console cost, when somebody looks?')
const system = await startSystem('scheduler', profile ? { profile } : {})
if ('skipped' in system) throw new Error(system.skipped)
// In the repository the page is compiled when it is first asked for; the package brings it compiled.
await (await fetch(`${system.endpoint}/console`)).text()
await park(system.endpoint)
const browser = await startBrowser()

/** To the topic that the console listens to. */
const workload = () => steady({ rate, seconds, warmUpSeconds, leadMs: NEAR_MIX, targets: ['scheduler-output-local'] })
const limits = { quietWithinMs: quiet * 1_000 }
const without: Run[] = []
const looked: Run[] = []
const pages: Omit<Awaited<ReturnType<typeof look>>, 'result'>[] = []
for (let round = 1; round <= rounds; round++) {
  without.push(await run(system, workload, limits))
  const { result, ...page } = await look()
  looked.push(result)
  pages.push(page)
}
await browser.close()
await system.stop()

const sortedOf = (runs: Run[]) => runs.flatMap(({ account }) => account.sorted).sort((a, b) => a - b)
const [alone, watched] = [quantilesOf(sortedOf(without)), quantilesOf(sortedOf(looked))]
const lost = [...without, ...looked].reduce((sum, { account }) => sum + account.lost + account.early, 0)
report.note(`lost or early: ${lost}; p99 with the page ${(watched.p99 / alone.p99).toFixed(2)} × of without`)
const figuresOf = ({ account: { lateness }, usage }: Run) => [
  lateness.p50,
  lateness.p99,
  lateness.p999,
  lateness.max,
  usage.cpuSeconds.toFixed(1),
]
const rows = pages.flatMap(({ usableMs, longTasksMs, cpuShare, firstMb, lastMb }, i) => [
  [`no page, ${i + 1}`, ...figuresOf(without[i] as Run), '', '', '', '', ''],
  [
    `page open, ${i + 1}`,
    ...figuresOf(looked[i] as Run),
    Math.round(usableMs),
    longTasksMs.length === 0 ? 'none' : longTasksMs.join(', '),
    `${(cpuShare * 100).toFixed(1)} %`,
    firstMb.toFixed(1),
    lastMb.toFixed(1),
  ],
])
const head = [
  '',
  'p50',
  'p99',
  'p99.9',
  'max ms',
  'CPU s',
  'usable ms',
  'tasks > 50 ms',
  'main thread',
  'page MB',
  'then',
]
report.finish(table(head, rows), { alone, watched, pages })

/** Writes them into the stack's table as its validator does: through the input topic it would take many minutes. */
async function park(endpoint: string): Promise<void> {
  const client = createClient({ local: true, endpoint })
  const { tableName, region } = await client.stack()
  client.close()
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  const dynamodb = documentClient(Math.random, { endpoint, region, credentials })
  const parts = { client: dynamodb, clock: systemClock, random: Math.random, retentionDays: 7 }
  const startedMs = performance.now()
  await parkWith(eventsTable({ ...parts, tableName }), FROM_MS)(60 * MINUTE_MS, parked, systemClock.now())
  dynamodb.destroy()
  report.note(`${parked} events parked in ${((performance.now() - startedMs) / 1_000).toFixed(0)} s`)
}

/** A run while the front page is looked at. */
async function look() {
  if ('skipped' in system) throw new Error(system.skipped)
  const page = await watchFront(browser, system.endpoint)
  const samples: { heapMb: number; nodes: number }[] = []
  const ending = new AbortController()
  const sampling = (async () => {
    while (!ending.signal.aborted) {
      samples.push(await page.memory())
      await sleep(SAMPLE_MS, undefined, { signal: ending.signal }).catch(() => {})
    }
  })()
  const lookedFromMs = performance.now()
  const result = await run(system, workload, limits)
  const cpuShare = (await page.cpuSeconds()) / ((performance.now() - lookedFromMs) / 1_000)
  ending.abort()
  await sampling
  const longTasksMs = await page.longTasksMs()
  await page.close()
  // The first minute fills what is kept: five minutes of lateness, fifty lines.
  const settled = samples.slice(Math.floor(samples.length / 3))
  const middleOf = (some: typeof samples) =>
    some.map(({ heapMb }) => heapMb).sort((a, b) => a - b)[some.length >> 1] ?? 0
  const half = settled.length >> 1
  const figures = { firstMb: middleOf(settled.slice(0, half || 1)), lastMb: middleOf(settled.slice(half)) }
  for (const wrong of page.wrong) report.note(`the page: ${wrong}`)
  report.note(`usable in ${page.usableMs.toFixed(0)} ms; long tasks: ${longTasksMs.join(', ') || 'none'}`)
  return { result, usableMs: page.usableMs, longTasksMs, cpuShare, samples, ...figures }
}
