import { setTimeout as sleep } from 'node:timers/promises'
import { residentMb } from '../measure/processes.ts'
import { type Child, startChild } from '../processes/child.ts'
import type { Published } from '../processes/publisher.ts'
import type { Arrivals } from '../processes/receiver.ts'
import type { System } from '../systems/system.ts'
import { TARGET } from '../workload.ts'
import { type Phase, spanOf } from './phases.ts'

/** What came of phases that followed each other on one system. */
export interface Driven {
  phases: readonly Phase[]
  /** Of each phase, in the same order. */
  published: Published[]
  arrivals: Arrivals
  /** Resident memory of the system, MB, second by second from before the first phase on. */
  residentMb: { atMs: number; mb: number }[]
}

const POLLS = 2
const DRAINS = 6
const SAMPLE_MS = 1_000

export interface DriveOptions {
  /** How long what is missing is waited for after the last phase, seconds. */
  patienceSeconds: number
}

/** Has the events of all phases handed in, and waits until they have arrived, or nothing more arrives in time. */
export async function drive(
  { endpoint, url, name, pids }: System,
  phasesFrom: () => Phase[],
  { patienceSeconds }: DriveOptions,
): Promise<Driven> {
  const children: Child[] = []
  const begin = async (process: string, argument: object) => {
    const child = await startChild(process, argument)
    children.push(child)
    return child
  }
  const resident: Driven['residentMb'] = []
  const sample = () => void resident.push({ atMs: Date.now(), mb: residentMb(pids) })
  const timer = setInterval(sample, SAMPLE_MS)
  sample()
  try {
    const receiver = await begin('receiver', { endpoint, topics: [TARGET], polls: POLLS, drains: DRAINS })
    const phases = phasesFrom()
    const publishers = await Promise.all(
      phases.map(({ workload }) => begin('publisher', { workload, system: name, endpoint, url })),
    )
    const publishing = publishers.map((publisher) => publisher.call<Published>('run'))
    const [, endMs] = spanOf(phases.at(-1) as Phase)
    await sleep(endMs - Date.now())
    const deadlineMs = Date.now() + patienceSeconds * 1_000
    const within = sleep(patienceSeconds * 1_000, undefined, { ref: false }).then(() => NOT_IN_TIME)
    const published = await Promise.all(publishing.map((each) => Promise.race([each, within])))
    const accepted = published.reduce((sum, each) => sum + each.accepted, 0)
    while (Date.now() < deadlineMs && (await receiver.call<number>('count')) < accepted) await sleep(100)
    return { phases, published, arrivals: await receiver.call<Arrivals>('arrivals'), residentMb: resident }
  } finally {
    clearInterval(timer)
    for (const child of children.reverse()) await child.stop()
  }
}

const NOT_IN_TIME: Published = { accepted: 0, tookMs: Number.NaN, behindMs: Number.NaN, errors: ['not all handed in'] }
