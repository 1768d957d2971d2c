import { setTimeout as sleep } from 'node:timers/promises'
import { type Account, accountOf, emitterLateness } from '../measure/account.ts'
import { startMeter, type Usage, untilMachineIsQuiet } from '../measure/processes.ts'
import type { Quantiles } from '../measure/quantiles.ts'
import { type Child, startChild } from '../processes/child.ts'
import type { Published } from '../processes/publisher.ts'
import type { Arrivals } from '../processes/receiver.ts'
import { countedFrom, endOf, type Workload } from '../workload.ts'
import type { Noted, System } from './system.ts'

/** One workload on one system. */
export interface Run {
  system: string
  workload: Workload
  published: Published
  account: Account
  /** Lateness when the topic had taken the event, as the system noted it. */
  emitter: Quantiles
  /** Lateness when the handler began; not known of ours. */
  woke?: Quantiles
  usage: Usage
  warnings: Record<string, number>
  arrivals: Arrivals
}

/** Long polls of the receiver under way at once, and receives beside them while the queue is full. */
const POLLS = 2
const DRAINS = 6

export interface RunOptions {
  /** How long a run waits for a machine that is busy with something else, ms. */
  quietWithinMs?: number
  /** How long events that are missing are waited for after the last one was due, ms. */
  patienceMs?: number
}

/** Whatever arrives twice gets the time to, ms. */
const TO_BE_SURE_MS = 1_500

/** @param workloadFrom makes the workload when all is ready, because its times are relative to now */
export async function run(
  system: System,
  workloadFrom: () => Workload,
  { quietWithinMs = 120_000, patienceMs = 60_000 }: RunOptions = {},
): Promise<Run> {
  await untilMachineIsQuiet(quietWithinMs)
  const children: Child[] = []
  const begin = async (name: string, argument: object) => {
    const child = await startChild(name, argument)
    children.push(child)
    return child
  }
  try {
    const { endpoint, url, name } = system
    const topics = workloadFrom().targets
    const receiver = await begin('receiver', { endpoint, topics: [...new Set(topics)], polls: POLLS, drains: DRAINS })
    const workload = workloadFrom()
    const publisher = await begin('publisher', { workload, system: name, endpoint, url })
    const publishing = publisher.call<Published>('run')
    const pids = { measured: system.pids, around: [receiver.pid, publisher.pid] }
    const usage = await drain(pids, receiver, workload, publishing, patienceMs)
    const published = await publishing
    const arrivals = await receiver.call<Arrivals>('arrivals')
    const noted = await system.noted(publisher)
    return { system: name, workload, published, arrivals, usage, ...resultsOf(workload, arrivals, noted) }
  } finally {
    for (const child of children.reverse()) await child.stop()
  }
}

function resultsOf(workload: Workload, arrivals: Arrivals, { dueAtMs, takenLateMs, wokeLateMs, warnings }: Noted) {
  return {
    account: accountOf(workload, arrivals),
    emitter: emitterLateness(workload, dueAtMs, takenLateMs),
    ...(wokeLateMs ? { woke: emitterLateness(workload, dueAtMs, wokeLateMs) } : {}),
    warnings,
  }
}

/** Waits until everything has arrived, or nothing more will. */
async function drain(
  { measured, around }: { measured: number[]; around: number[] },
  receiver: Child,
  workload: Workload,
  publishing: Promise<Published>,
  patienceMs: number,
): Promise<Usage> {
  const isSteady = workload.warmUpEvents > 0
  await until(isSteady ? countedFrom(workload) : workload.startAtMs)
  const meter = startMeter(measured, around)
  await until(endOf(workload))
  const deadlineAtMs = Date.now() + patienceMs
  const { accepted } = await Promise.race([
    publishing,
    until(deadlineAtMs, { ref: false }).then(() => ({ accepted: 0 })),
  ])
  while (Date.now() < deadlineAtMs && (await receiver.call<number>('count')) < accepted) await sleep(50)
  const usage = meter.stop()
  await sleep(TO_BE_SURE_MS)
  return usage
}

/** @param ref false for what must not keep the process alive once nobody waits for it */
const until = (atMs: number, { ref = true } = {}) => sleep(Math.max(0, atMs - Date.now()), undefined, { ref })
