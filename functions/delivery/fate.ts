import { isRetryable } from '../../core/errors.ts'
import type { ScheduledEvent } from '../../core/event.ts'
import { type EndKind, hasEnded, type Outcome } from '../../core/outcome.ts'
import { afterFailure, againDelayMs, reparkDelayMs } from '../../core/retry.ts'
import type { Checkpointing } from './checkpointing.ts'
import type { Fate } from './delivery.ts'
import { concludingWith, type GoingOnDeps, goingOnWith } from './going-on.ts'
import type { Failure } from './publishing.ts'

export type FateDeps = GoingOnDeps & { maxAttempts: number }

/** How many events met which end. */
export type Tally = Record<'delivered' | EndKind, number>

export function emptyTally(): Tally {
  return { delivered: 0, failed: 0, expired: 0, retrying: 0, cancelled: 0, moved: 0 }
}

/** Where what becomes of events is written down and counted. */
export interface Records {
  checkpointing: Pick<Checkpointing, 'record'>
  tally: Tally
  /** The claim under which the events are delivered, if they are claimed. */
  by?: string | undefined
}

/**
 * Writes down what becomes of each event. An event ends by one conditional write, and nothing writes over it: where
 * somebody else has ended it, such as a cancel that was written late, that holds.
 */
export function fateWith(deps: FateDeps, { checkpointing, tally, by }: Records): Fate {
  const { clock, log } = deps
  const endings = endingsWith(deps, by)
  const count = (outcome: Outcome | undefined) => {
    if (hasEnded(outcome)) tally[outcome.kind]++
  }
  return {
    delivered(event, atMs) {
      // A clock set back in between must not show a delivery before its time.
      const lateMs = Math.max(0, atMs - event.dueAtMs)
      // What was past due on arrival cannot be on time: what counts as late is what it has cost from then on.
      checkpointing.record(event, Math.min(lateMs, Math.max(0, atMs - (event.acceptedAtMs ?? event.dueAtMs))))
      tally.delivered++
      log.debug('delivered', { id: event.id, due: event.date, lateMs, target: event.target, attempt: event.attempt })
    },
    async expired(event) {
      count(await endings.expire(event))
    },
    async failed(event, failure) {
      const retryAtMs = clock.now() + reparkDelayMs(event.attempt, deps.random())
      const next = isRetryable(failure.code)
        ? afterFailure(event, { retryAtMs, maxAttempts: deps.maxAttempts })
        : 'give up'
      if (next === 'retry') count(await endings.retryLater(event, failure, retryAtMs))
      else if (next === 'expire') count(await endings.expire(event))
      else count(await endings.giveUp(event, failure))
    },
    async postponed(event) {
      count(await (event.untold ? endings.tellLater(event, event.untold, BEHIND) : endings.postpone(event)))
    },
    async untold(event, untold) {
      count(await endings.tell(event, untold))
    },
  }
}

/** Why an event is postponed: too many others of its target wait. */
const BEHIND = 'The target takes less than falls due for it'

/** The ways in which an event ends undelivered. Each answers with the outcome that holds, whoever wrote it. */
function endingsWith(deps: FateDeps, by: string | undefined) {
  const { clock, random, log } = deps
  const end = concludingWith(deps, by)
  const { goOn, tell, tellLater } = goingOnWith(deps, end)
  const giveUp = (event: ScheduledEvent, { code, error: reason }: Failure) => {
    const { target, attempt } = event
    const error = `Not delivered to ${target} in ${attempt} attempt${attempt > 1 ? 's' : ''}; the last one failed with ${reason}. Mend the topic, then publish the event again.`
    return tell(event, { kind: 'failed', code, error, reason, sinceMs: clock.now() })
  }
  const expire = (event: ScheduledEvent) => {
    const error = `Not delivered by its latest time, ${event.latest}. Publish it again with a later one, or none.`
    const reason = `latest ${event.latest} passed`
    return tell(event, { kind: 'expired', code: 'EXPIRED', error, reason, sinceMs: clock.now() })
  }
  return {
    giveUp,
    expire,
    tell,
    tellLater,
    /** Tries again after a failure, in a later slot. */
    retryLater: (event: ScheduledEvent, { code, error }: Failure, retryAtMs: number) =>
      goOn(event, retryAtMs, { code, reason: error, attempts: event.attempt }),
    /**
     * Puts an event off without a try, which therefore does not count as an attempt: as long again as it is overdue. It
     * is given up, or expires, when it would be if it had been tried.
     */
    postpone(event: ScheduledEvent) {
      const { dueAtMs, acceptedAtMs = dueAtMs, attempt } = event
      const sinceMs = Math.max(dueAtMs, acceptedAtMs)
      const retryAtMs = clock.now() + againDelayMs({ sinceMs, nowMs: clock.now() }, random())
      const limits = { retryAtMs, maxAttempts: Number.POSITIVE_INFINITY }
      const next = afterFailure({ ...event, dueAtMs: sinceMs }, limits)
      if (next === 'expire') return expire(event)
      log.debug('postponed', { id: event.id, due: event.date, target: event.target })
      if (next === 'retry') return goOn(event, retryAtMs, { reason: BEHIND, attempts: attempt - 1 })
      return giveUp(event, { ok: false, code: 'TARGET_UNAVAILABLE', error: BEHIND })
    },
  }
}
