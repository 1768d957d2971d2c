import { setTimeout as sleep } from 'node:timers/promises'

/** Why an attempt did not deliver. */
export interface Failure {
  code: string
  reason: string
  /** Whether another attempt may succeed. */
  again: boolean
}

/**
 * How long after a failed attempt the next one begins, ms. AWS tries HTTP endpoints three times more too, 20 s apart,
 * and a function twice more, after one and two minutes; here somebody is watching.
 */
export const RETRY_DELAYS_MS: readonly number[] = [1_000, 2_000, 4_000]

/** @returns why the last attempt failed; nothing when one succeeded */
export async function withRetries(
  attempt: () => Promise<Failure | undefined>,
  delaysMs: readonly number[],
  signal: AbortSignal,
): Promise<Failure | undefined> {
  let failure = await attempt()
  for (const delayMs of delaysMs) {
    if (!failure?.again || signal.aborted) return failure
    await sleep(delayMs, undefined, { signal, ref: false }).catch(() => {})
    if (signal.aborted) return failure
    failure = await attempt()
  }
  return failure
}
