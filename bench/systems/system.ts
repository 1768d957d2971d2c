import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { untilQuiet } from '../measure/processes.ts'
import { peers } from '../peers/all.ts'
import { type Child, startChild } from '../processes/child.ts'
import type { StackLog } from '../processes/stack.ts'
import { INSTALL, startServer } from '../servers/all.ts'
import type { Emission } from './batching-sender.ts'

/** A system under test, running. */
export interface System {
  name: string
  /** Of SNS and SQS. */
  endpoint: string
  /** Of a peer's server. */
  url: string
  /** Its processes: their children belong to it too. */
  pids: number[]
  /** Lateness as it noted it itself. @param publisher the process that handed events in */
  noted(publisher: Child): Promise<Noted>
  /** How many events it has stored. @param acknowledged what a system answers that acknowledges only what it has stored */
  parked(acknowledged: number): Promise<number>
  stop(): Promise<void>
}

/** When events were due, epoch ms, and with the same index lateness in ms. */
export interface Noted {
  dueAtMs: number[]
  /** When the topic had taken the event. */
  takenLateMs: number[]
  /** When its handler began; not known of ours. */
  wokeLateMs?: number[]
  warnings: Record<string, number>
}

/** Ours, no scheduler at all, and what one would pick instead. */
export const SYSTEMS = ['floor', 'scheduler', ...Object.keys(peers)]

/** Says why in place of a system that cannot run here. */
export type Skipped = { skipped: string }

export interface SystemOptions {
  /** Where the functions of our stack publish instead of its SNS. */
  snsEndpoint?: string
  /** Settings of our stack that are not to be the defaults, as in `Pulumi.<stack>.yaml`. */
  config?: Record<string, string>
  /** A folder for CPU profiles of our stack, one a thread. */
  profile?: string
}

type Stop = () => Promise<void>

export async function startSystem(name: string, options: SystemOptions = {}): Promise<System | Skipped> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-data-'))
  const stops: Stop[] = [async () => rmSync(folder, { recursive: true, force: true })]
  const stop = async () => {
    for (const each of stops.splice(0).reverse()) await each().catch((error) => console.error(error))
  }
  const begin = async (process: string, argument: object, execArgv: string[] = []) => {
    const child = await startChild(process, argument, execArgv)
    stops.push(child.stop)
    return child
  }
  try {
    const parts = { begin, onStop: (each: Stop) => void stops.push(each), dataDir: join(folder, 'data') }
    const started = name === 'scheduler' ? await startScheduler(parts, options) : await startOther(name, parts)
    if ('skipped' in started) {
      await stop()
      return started
    }
    await untilQuiet(started.pids)
    return { name, ...started, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

interface Parts {
  begin(process: string, argument: object, execArgv?: string[]): Promise<Child>
  onStop(stop: Stop): void
  dataDir: string
}
type Started = Omit<System, 'name' | 'stop'>

async function startScheduler({ begin, dataDir }: Parts, { profile, ...options }: SystemOptions): Promise<Started> {
  const profiling = profile ? ['--cpu-prof', '--cpu-prof-dir', profile] : []
  const stack = await begin('stack', { dataDir, ...options }, profiling)
  const noted = async (): Promise<Noted> => {
    const { dueAtMs, lateMs, warnings } = await stack.call<StackLog>('log')
    return { dueAtMs, takenLateMs: lateMs, warnings }
  }
  const parked = () => stack.call<number>('accepted')
  return { endpoint: String(stack.ready.endpoint), url: '', pids: [stack.pid], noted, parked }
}

async function startOther(name: string, { begin, onStop, dataDir }: Parts): Promise<Started | Skipped> {
  const messaging = await begin('messaging', { dataDir })
  const endpoint = String(messaging.ready.endpoint)
  const parked = async (acknowledged: number) => acknowledged
  const peer = peers[name]
  if (!peer) return { endpoint, url: '', pids: [messaging.pid], noted: notedBy(), parked }
  const server = await startServer(peer.server)
  if (!server) return { skipped: `${name} skipped: no ${peer.server} here (${INSTALL[peer.server]})` }
  onStop(server.stop)
  const worker = await begin('worker', { peer: name, url: server.url, endpoint })
  return { endpoint, url: server.url, pids: [messaging.pid, server.pid, worker.pid], noted: notedBy(worker), parked }
}

/** @param worker the process that delivers; without it the publisher itself does */
const notedBy =
  (worker?: Child) =>
  async (publisher: Child): Promise<Noted> => {
    const emissions = await (worker ?? publisher).call<Emission[]>('emissions')
    return {
      dueAtMs: emissions.map(({ dueAtMs }) => dueAtMs),
      takenLateMs: emissions.map(({ takenLateMs }) => takenLateMs),
      wokeLateMs: emissions.map(({ wokeLateMs }) => wokeLateMs),
      warnings: {},
    }
  }
