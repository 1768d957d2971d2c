import { setTimeout as sleep } from 'node:timers/promises'
import { residentMb, untilQuiet } from './measure/processes.ts'
import { npmStart } from './memory/npm-start.ts'
import { type Load, publish } from './memory/publish.ts'
import { options } from './options.ts'
import { startChild } from './processes/child.ts'
import { startReport } from './report/result.ts'
import { table } from './report/table.ts'

// What memory does `npm start` take, and what does it give back after a load?

const { loads, after } = options({
  /** Events × bytes of payload. */
  loads: ['1000x200000', '50000x200'],
  /** From the load's end to the last measurement, seconds. */
  after: 60,
})

/** The first event is due this long after the first one is handed in, and the last one that much later, ms. */
const AHEAD_MS = 30_000
const SPREAD_MS = 30_000
const SAMPLE_MS = 250
const PATIENCE_MS = 240_000

async function measure({ events, payloadBytes }: Load) {
  const stack = await npmStart()
  const receiver = await startChild('receiver', {
    endpoint: stack.endpoint,
    topics: ['scheduler-output-local'],
    polls: 2,
    drains: 6,
  })
  await untilQuiet([stack.pid])
  const idleMb = residentMb([stack.pid])
  let peakMb = idleMb
  const sampling = setInterval(() => {
    peakMb = Math.max(peakMb, residentMb([stack.pid]))
  }, SAMPLE_MS)
  const startedAtMs = Date.now()
  await publish(stack.endpoint, { events, payloadBytes }, (i) => startedAtMs + AHEAD_MS + (i / events) * SPREAD_MS)
  const received = () => receiver.call<number>('count')
  const deadlineAtMs = Date.now() + PATIENCE_MS
  while (Date.now() < deadlineAtMs && ((await received()) < events || stack.settled() < events)) await sleep(SAMPLE_MS)
  const [arrived, settled] = [await received(), stack.settled()]
  await sleep(after * 1_000)
  clearInterval(sampling)
  const afterMb = residentMb([stack.pid])
  await receiver.stop()
  await stack.stop()
  return { events, payloadBytes, arrived, settled, idleMb, peakMb, afterMb, ratio: afterMb / idleMb }
}

const report = startReport('memory', 'What memory does the local stack take, and what does it give back after a load?')
const results = []
for (const load of loads) {
  const [events = 0, payloadBytes = 0] = load.split('x').map(Number)
  results.push(await measure({ events, payloadBytes }))
}
const head = ['events', 'bytes each', 'arrived', 'settled', 'idle MB', 'peak MB', `MB ${after} s after`, 'after / idle']
const rows = results.map(({ idleMb, peakMb, afterMb, ratio, ...counts }) => [
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
