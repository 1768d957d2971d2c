import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb'
import type { Random } from '../core/clock.ts'
import { TABLE_CALL_MS, TABLE_TIMEOUT_MS } from '../core/timetable.ts'

/** Longest delay before the second attempt, ms. It doubles with each further one, and is drawn below that. */
const FIRST_DELAY_MS = 50

/** Longest delay between two attempts, ms: a throttled partition has capacity again after a second at most. */
const LONGEST_DELAY_MS = 1_000

/** The half of the SDK's interface for retries that its client uses. */
type Retries = Extract<
  Exclude<NonNullable<DynamoDBClientConfig['retryStrategy']>, (...args: never) => unknown>,
  { acquireInitialRetryToken: unknown }
>
type Token = Awaited<ReturnType<Retries['acquireInitialRetryToken']>>
type Failure = Parameters<Retries['refreshRetryTokenForRetry']>[1]

/**
 * Tries a request to the table again as long as it ends within `TABLE_CALL_MS` even if its last attempt is not answered.
 * The SDK's own retries are bounded by their number, and eight of a throttled request can take 71 seconds: longer than
 * the functions last that wait for them. Source: @smithy/core, StandardRetryStrategy.
 */
export function retriesInTime(random: Random): Retries {
  const spentMs = new WeakMap<Token, number>()
  const tokenOf = (count: number, delayMs: number, spent: number): Token => {
    const token = { getRetryCount: () => count, getRetryDelay: () => delayMs, getRetryCost: () => undefined }
    spentMs.set(token, spent)
    return token
  }
  return {
    acquireInitialRetryToken: async () => tokenOf(0, 0, 0),
    async refreshRetryTokenForRetry(token, failure) {
      const made = token.getRetryCount() + 1
      const delayMs = random() * Math.min(FIRST_DELAY_MS * 2 ** (made - 1), LONGEST_DELAY_MS)
      const spent = (spentMs.get(token) ?? 0) + costMs(failure) + delayMs
      if (!mayMend(failure) || spent + TABLE_TIMEOUT_MS > TABLE_CALL_MS) throw failure.error ?? new Error('not mended')
      return tokenOf(made, delayMs, spent)
    },
    recordSuccess: () => {},
  }
}

function mayMend({ errorType }: Failure): boolean {
  return errorType === 'THROTTLING' || errorType === 'TRANSIENT'
}

/** What an attempt has cost: nothing to speak of if it was answered, or its connection was closed. */
function costMs({ error }: Failure): number {
  return error instanceof Error && error.name === 'TimeoutError' ? TABLE_TIMEOUT_MS : 0
}
