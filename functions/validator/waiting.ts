import type { Clock } from '../../core/clock.ts'
import type { CancelRequest } from '../../core/request.ts'
import { CLOCK_SKEW_MS, OVERTAKEN_MS } from '../../core/timetable.ts'

/** Lets other requests have the id while one waits for what they are about to do. */
export type Aside = (wait: () => Promise<void>) => Promise<void>

/**
 * Waits for events that a request overtook: topics and queues do not keep order. A request that has been under way for
 * longer has overtaken nothing, so that a flood of requests about unknown events does not wait.
 * @param aside so that they can come meanwhile
 * @returns whether it has waited
 */
export async function waitForOvertaken(
  { clock }: { clock: Clock },
  { publication }: Pick<CancelRequest, 'publication'>,
  aside: Aside,
): Promise<boolean> {
  const waitMs = Math.min(publication.atMs + OVERTAKEN_MS - clock.now(), OVERTAKEN_MS)
  if (waitMs > 0) await aside(() => clock.sleep(waitMs))
  return waitMs > 0
}

/**
 * Waits for what another request is about to do: at least half a second, if this one was published just now by whatever
 * clock, and a second at most.
 * @returns whether it has waited
 */
export async function waitForOther(
  { clock }: { clock: Clock },
  { publication }: Pick<CancelRequest, 'publication'>,
): Promise<boolean> {
  const leftMs = publication.atMs + OVERTAKEN_MS - clock.now()
  if (leftMs <= -CLOCK_SKEW_MS) return false
  await clock.sleep(Math.min(Math.max(leftMs, OVERTAKEN_MS / 2), OVERTAKEN_MS))
  return true
}
