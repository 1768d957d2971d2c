import type { Lambda } from './lambda.ts'
import type { Region } from './region.ts'

/** How long Lambda keeps what it could not run. */
const KEPT_MS = 6 * 3_600_000

/** What was refused is tried again after this; each further pause is twice as long, up to the longest. */
const REFUSED_AGAIN_MS = { first: 1_000, longest: 300_000 }

/** A function that failed is run twice more, after these pauses. */
const FAILED_AGAIN_MS = [60_000, 120_000]

/**
 * Invokes a function for somebody who does not wait for its answer: Lambda tries again what it has refused, and what has failed.
 * Source: Lambda developer guide, how Lambda handles errors and retries with asynchronous invocation.
 */
export async function invokeAsynchronously(
  { time, pass }: Region,
  { invoke }: Lambda,
  { name, input }: { name: string; input: unknown },
): Promise<void> {
  const untilMs = time.now() + KEPT_MS
  const failedAgainMs = [...FAILED_AGAIN_MS]
  let refusedAgainMs = REFUSED_AGAIN_MS.first
  for (;;) {
    const error = await invoke(name, input).then(
      () => undefined,
      (error: Error) => error,
    )
    if (!error) return
    const isRefused = error.name === 'Lambda.TooManyRequestsException'
    const againMs = isRefused ? refusedAgainMs : failedAgainMs.shift()
    if (againMs === undefined || time.now() + againMs > untilMs) return
    if (isRefused) refusedAgainMs = Math.min(2 * refusedAgainMs, REFUSED_AGAIN_MS.longest)
    await pass(againMs)
  }
}
