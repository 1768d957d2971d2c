import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** A part of a benchmark in a process of its own, so that no part waits for another's event loop. */
export interface Child {
  pid: number
  /** What it said when it was ready. */
  ready: Record<string, unknown>
  call<Result>(method: string, argument?: unknown): Promise<Result>
  /** Ends it in order; by force, if it does not end. */
  stop(): Promise<void>
}

type Methods = Record<string, (argument: never) => unknown>
interface Request {
  number: number
  method: string
  argument: unknown
}
interface Answer {
  number: number
  result?: unknown
  error?: string
}

const READY = 0
const STOP_WITHIN_MS = 15_000

/** Starts `bench/processes/<name>.ts` with an argument and waits until it is ready. @param execArgv options of Node */
export async function startChild(name: string, argument: unknown, execArgv: string[] = []): Promise<Child> {
  const script = join(import.meta.dirname, `${name}.ts`)
  const child = fork(script, [JSON.stringify(argument)], { serialization: 'advanced', execArgv })
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  let number = READY
  const answerTo = (key: number) => {
    const resolvers = Promise.withResolvers<unknown>()
    waiting.set(key, resolvers)
    return resolvers.promise
  }
  const ready = answerTo(READY)
  child.on('message', ({ number: key, result, error }: Answer) => {
    const resolvers = waiting.get(key)
    waiting.delete(key)
    if (error === undefined) resolvers?.resolve(result)
    else resolvers?.reject(new Error(`${name}: ${error}`))
  })
  const exited = once(child, 'exit').then(([code]) => {
    for (const { reject } of waiting.values()) reject(new Error(`${name} ended with ${code}`))
  })
  const call = <Result>(method: string, argument?: unknown) => {
    const answer = answerTo(++number)
    child.send({ number, method, argument } satisfies Request)
    return answer as Promise<Result>
  }
  const stop = () => end(child, exited, call)
  return { pid: child.pid as number, ready: (await ready) as Record<string, unknown>, call, stop }
}

async function end(child: ChildProcess, exited: Promise<void>, call: Child['call']): Promise<void> {
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS)
  if (child.connected) call('stop').catch(() => {})
  await exited
  clearTimeout(late)
}

/** The other side: what this process was started with. */
export const argumentOf = <Argument>() => JSON.parse(process.argv[2] ?? 'null') as Argument

/** Answers the calls of the process that started this one, until it says stop or is gone. */
export function answerParent(methods: Methods & { stop?(): unknown }, ready: object = {}): void {
  const send = (answer: Answer) => process.send?.(answer)
  process.on('message', async ({ number, method, argument }: Request) => {
    try {
      const result = await methods[method]?.(argument as never)
      send({ number, result })
    } catch (error) {
      send({ number, error: String((error as Error).stack ?? error) })
    }
    if (method === 'stop') process.exit(0)
  })
  // Nobody is left to work for.
  process.on('disconnect', async () => {
    await methods.stop?.()
    process.exit(1)
  })
  // Ctrl-C reaches every process of the terminal; the first one decides.
  process.on('SIGINT', () => {})
  send({ number: READY, result: ready })
}
