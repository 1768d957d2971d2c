import { Worker } from 'node:worker_threads'
import { moduleBeside } from '../../infra/installed.ts'
import { crashed, FunctionError, timedOut } from './function-error.ts'
import type { LogLevel, LogRecord, ThreadData, ThreadMessage } from './messages.ts'

/** A function as the program declares it. */
export interface FunctionSpec extends ThreadData {
  environment: Record<string, string>
  timeoutMs: number
  /** Invocations at a time; more of them wait. Default: 1,000, what a new AWS account may run. */
  concurrency?: number
}

export type OnLog = (level: LogLevel, record: Record<string, unknown>, functionName: string) => void

export interface Invocation {
  id: string
  payload: string
  resolve(result: unknown): void
  reject(error: FunctionError): void
}

interface Events {
  onLog: OnLog
  /** An invocation ended: there is room for another. */
  onRoom(): void
  /** The thread is not to be given work any more. */
  onGone(): void
}

/** The longest a function takes to load, ms; its timeout counts from then on. Source: Lambda developer guide, execution environment, Init phase. */
const INIT_MS = 10_000

/** One thread with the function loaded in it; lives until it crashes, an invocation times out, or it is stopped. */
export function startSandbox(spec: FunctionSpec, events: Events) {
  const { environment, timeoutMs, concurrency, ...workerData } = spec
  const options = { workerData, env: environment, name: spec.name, stdout: true, stderr: true }
  const worker = new Worker(moduleBeside(import.meta.url, './thread'), options)
  const running = new Map<string, Invocation & { timer: NodeJS.Timeout }>()
  const loaded = Promise.withResolvers<void>()
  loaded.promise.catch(() => {})
  let initMs = INIT_MS
  let fault: Error | undefined
  let stopping = false

  worker.on('message', (message: ThreadMessage) => {
    if (message.kind === 'logs') tell(JSON.parse(message.records))
    else if (message.kind === 'loaded') hasLoaded()
    else if (message.kind === 'done') settle(message.id, (it) => it.resolve(JSON.parse(message.payload)))
    else settle(message.id, (it) => it.reject(new FunctionError(message.error)))
  })
  worker.on('error', (error) => {
    fault = error
  })
  worker.on('exit', () => {
    const why = fault?.message ?? (stopping ? 'the local stack is stopping' : 'its thread ended')
    if (fault && !stopping) events.onLog('error', { message: 'function crashed', error: fault.stack ?? why }, spec.name)
    loaded.reject(new Error(`${spec.name} does not start: ${why}`, { cause: fault }))
    events.onGone()
    for (const id of [...running.keys()]) settle(id, (it) => it.reject(crashed(id, why)))
  })

  function hasLoaded(): void {
    initMs = 0
    for (const [id, invocation] of running) {
      clearTimeout(invocation.timer)
      invocation.timer = setTimeout(giveUp, timeoutMs, id)
    }
    loaded.resolve()
  }

  function tell(records: LogRecord[]): void {
    for (const [level, record] of records) events.onLog(level, record, spec.name)
  }

  function settle(id: string, how: (invocation: Invocation) => void): void {
    const invocation = running.get(id)
    if (!invocation) return
    running.delete(id)
    clearTimeout(invocation.timer)
    how(invocation)
    events.onRoom()
  }

  function giveUp(id: string): void {
    events.onGone()
    settle(id, (it) => it.reject(timedOut(id, timeoutMs)))
    void worker.terminate()
  }

  return {
    loaded: loaded.promise,
    hasRoom: () => running.size < (concurrency ?? 1_000),
    run(invocation: Invocation): void {
      const { id, payload } = invocation
      running.set(id, { ...invocation, timer: setTimeout(giveUp, initMs + timeoutMs, id) })
      worker.postMessage({ id, payload, deadlineAtMs: Date.now() + timeoutMs })
    },
    async stop(): Promise<void> {
      stopping = true
      await worker.terminate()
    },
  }
}
export type Sandbox = ReturnType<typeof startSandbox>
