import { randomUUID } from 'node:crypto'
import { crashed } from './function-error.ts'
import { type FunctionSpec, type Invocation, type OnLog, type Sandbox, startSandbox } from './sandbox.ts'

/**
 * Runs one function in one thread, which handles many invocations at a time.
 * AWS gives every concurrent invocation an instance of its own; hundreds of threads would stifle a laptop. So module
 * state is shared where AWS shares it only between invocations that follow one another, there is no memory limit,
 * NODE_OPTIONS have no effect, and a timeout or crash takes down the invocations that run beside it.
 */
export function startFunction(spec: FunctionSpec, onLog: OnLog) {
  const waiting: Invocation[] = []
  let sandbox: Sandbox | undefined
  let stopped = false

  function start(): Sandbox {
    const started = startSandbox(spec, {
      onLog,
      onRoom: runNext,
      onGone() {
        if (sandbox === started) sandbox = undefined
      },
    })
    return started
  }

  function runNext(): void {
    while (!stopped && waiting.length > 0) {
      sandbox ??= start()
      if (!sandbox.hasRoom()) return
      sandbox.run(waiting.shift() as Invocation)
    }
  }

  return {
    spec,
    /** Passes JSON only, as Lambda does. Rejects with a FunctionError. */
    invoke(event: unknown): Promise<unknown> {
      return new Promise((resolve, reject) => {
        const id = randomUUID()
        if (stopped) return reject(crashed(id, 'the local stack is stopping'))
        waiting.push({ id, payload: JSON.stringify(event ?? null), resolve, reject })
        runNext()
      })
    },
    /** Starts the thread ahead of the first invocation; rejects if the bundle does not load. */
    async warm(): Promise<void> {
      sandbox ??= start()
      await sandbox.loaded
    },
    async stop(): Promise<void> {
      stopped = true
      for (const { id, reject } of waiting.splice(0)) reject(crashed(id, 'the local stack is stopping'))
      await sandbox?.stop()
    },
  }
}
export type LocalFunction = ReturnType<typeof startFunction>
