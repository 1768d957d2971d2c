import { setTimeout as sleep } from 'node:timers/promises'
import { residentMb, untilQuiet } from './measure/processes.ts'
import { type NpmStart, npmStart } from './memory/npm-start.ts'
import { type Load, publish } from './memory/publish.ts'
import { options } from './options.ts'
import { type Child, startChild } from './processes/child.ts'
import { startReport } from './report/result.ts'
import { table } from './report/table.ts'

// What memory does `npm start` take, and what does it give back after a load?

const { loads, rounds, after } = options({
  /** Events × bytes of payload; each on a stack of its own. */
  loads: ['1000x200000', '50000x200'],
  /** How often a load goes over its stack: what one round left behind, the next one would add to. */
  rounds: 1,
  /** From the load's end to the last measurement, seconds. */
  after: 60,
})

/** The first event is due this long after the first one is handed in, and the last one that much later, ms. */
const AHEAD_MS = 30_000
const SPREAD_MS = 30_000
const SAMPLE_MS = 250
const PATIENCE_MS = 240_000

interface Stack {
  stack: NpmStart
  receiver: Child
  idleMb: number
}

async function measure(load: Load) {
  const stack = await npmStart()
  const receiver = await startChild('receiver', {
    endpoint: stack.endpoint,
    topics: ['scheduler-output-local'],
    polls: 2,
    drains: 6,
  })
  await untilQuiet([stack.pid])
  const idleMb = residentMb([stack.pid])
  const measured = []
  for (let round = 1; round <= rounds; round++) measured.push(await goRound({ stack, receiver, idleMb }, load, round))
  await receiver.stop()
  await stack.stop()
  return measured
}

/** @param round counts from 1; arrived and settled are of all rounds so far */
async function goRound({ stack, receiver, idleMb }: Stack, load: Load, round: number) {
  const { events } = load
  let peakMb = residentMb([stack.pid])
  const sampling = setInterval(() => {
    peakMb = Math.max(peakMb, residentMb([stack.pid]))
  }, SAMPLE_MS)
  const firstDueAtMs = Date.now() + AHEAD_MS
  await publish(stack.endpoint, load, (i) => firstDueAtMs + (i / events) * SPREAD_MS)
  const received = () => receiver.call<number>('count')
  const all = events * round
  const deadlineAtMs = Date.now() + PATIENCE_MS
  while (Date.now() < deadlineAtMs && ((await received()) < all || stack.settled() < all)) await sleep(SAMPLE_MS)
  const [arrived, settled] = [await received(), stack.settled()]
  await sleep(after * 1_000)
  clearInterval(sampling)
  const afterMb = residentMb([stack.pid])
  return { round, ...load, arrived, settled, idleMb, peakMb, afterMb, ratio: afterMb / idleMb }
}

const report = startReport('memory', 'What memory does the local stack take, and what does it give back after a load?')
const results = []
for (const load of loads) {
  const [events = 0, payloadBytes = 0] = load.split('x').map(Number)
  results.push(...(await measure({ events, payloadBytes })))
}
const head = [
  'round',
  'events',
  'bytes each',
  'arrived',
  'settled',
  'idle MB',
  'peak MB',
  `MB ${after} s after`,
  'after / idle',
]
const rows = results.map(({ idleMb, peakMb, afterMb, ratio, ...counts }) => [
  counts.round,
  counts.events,
  counts.payloadBytes,
  counts.arrived,
  counts.settled,
  Math.round(idleMb),
  Math.round(peakMb),
  Math.round(afterMb),
  ratio,
])
report.finish(table(head, rows), results)
