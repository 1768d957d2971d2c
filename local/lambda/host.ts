import { type LocalFunction, startFunction } from './function.ts'
import type { FunctionSpec, OnLog } from './sandbox.ts'

/** The functions of the stack, by ARN. */
export function lambdaHost(onLog: OnLog) {
  const functions = new Map<string, LocalFunction>()
  return {
    /** Starts loading the function at once, so that its first event does not wait for it. */
    define(spec: FunctionSpec): void {
      const local = startFunction(spec, onLog)
      functions.set(spec.arn, local)
      local.warm().catch(() => {})
    },
    /** Resolves when every bundle is loaded; rejects when one does not load. */
    async ready(): Promise<void> {
      await Promise.all([...functions.values()].map((local) => local.warm()))
    },
    has: (arn: string): boolean => functions.has(arn),
    /** Invokes synchronously and passes JSON only, as Lambda does. Rejects with a FunctionError. */
    async invoke(arn: string, event: unknown): Promise<unknown> {
      const local = functions.get(arn)
      if (!local) throw new Error(`no function ${arn} in the local stack`)
      return local.invoke(event)
    },
    async stop(): Promise<void> {
      await Promise.all([...functions.values()].map((local) => local.stop()))
    },
  }
}
export type LambdaHost = ReturnType<typeof lambdaHost>
