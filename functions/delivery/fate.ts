import type { EventsTable } from '../../aws/events-table.ts'
import type { Log } from '../../aws/log.ts'
import type { Clock, Random } from '../../core/clock.ts'
import { isRetryable } from '../../core/errors.ts'
import { asReceived, type ScheduledEvent } from '../../core/event.ts'
import { mustOpen } from '../../core/lane.ts'
import type { Notice } from '../../core/notice.ts'
import type { Outcome, OutcomeKind } from '../../core/outcome.ts'
import { nextAttempt } from '../../core/placement.ts'
import { afterFailure, reparkDelayMs } from '../../core/retry.ts'
import type { Notify } from '../notify.ts'
import type { OpenSlot } from '../open-slot.ts'
import type { Checkpointing } from './checkpointing.ts'
import type { Fate } from './delivery.ts'
import type { Failure } from './publishing.ts'

export interface FateDeps {
  table: Pick<EventsTable, 'park' | 'conclude'>
  openSlot: OpenSlot
  notify: Notify
  clock: Clock
  random: Random
  log: Log
  shards: number
  maxAttempts: number
}

/** How many events met which end. */
export type Tally = Record<'delivered' | Exclude<OutcomeKind, 'claimed' | 'cancelled' | 'moved'>, number>

export function emptyTally(): Tally {
  return { delivered: 0, failed: 0, expired: 0, retrying: 0 }
}

/** Writes down what becomes of each event; counts it in `tally`. */
export function fateWith(deps: FateDeps, checkpointing: Checkpointing, tally: Tally): Fate {
  const { clock, log } = deps
  return {
    delivered(event, atMs) {
      // What was past due on arrival cannot be on time: its lateness is what it has cost from then on.
      const couldBeAtMs = Math.max(event.dueAtMs, event.acceptedAtMs ?? event.dueAtMs)
      // A clock set back in between must not show a delivery before its time.
      const lateMs = Math.max(0, atMs - couldBeAtMs)
      checkpointing.record(event, lateMs)
      tally.delivered++
      log.debug('delivered', { id: event.id, due: event.date, lateMs, target: event.target, attempt: event.attempt })
    },
    async expired(event) {
      await expire(deps, event)
      tally.expired++
    },
    async failed(event, failure) {
      const retryAtMs = clock.now() + reparkDelayMs(event.attempt, deps.random())
      const next = isRetryable(failure.code)
        ? afterFailure(event, { retryAtMs, maxAttempts: deps.maxAttempts })
        : 'give up'
      if (next === 'retry') await retryLater(deps, event, { retryAtMs, error: failure.error })
      else if (next === 'expire') await expire(deps, event)
      else await giveUp(deps, event, failure)
      tally[next === 'retry' ? 'retrying' : next === 'expire' ? 'expired' : 'failed']++
    },
  }
}

/** Parks the next attempt before it lets go of this one: a crash in between delivers twice, never not at all. */
async function retryLater(deps: FateDeps, event: ScheduledEvent, when: { retryAtMs: number; error: string }) {
  const { retryAtMs, error } = when
  const next = nextAttempt(event, retryAtMs, { shards: deps.shards, nowMs: deps.clock.now() })
  await deps.table.park([next])
  if (mustOpen(next.slot, deps.clock.now())) await deps.openSlot(next.slot)
  await conclude(deps, event, { kind: 'retrying', reason: error, next: { slot: next.slot, key: next.key } })
  deps.log.debug('retrying', {
    id: event.id,
    due: event.date,
    attempt: next.attempt,
    next: new Date(retryAtMs).toISOString(),
    error,
  })
}

async function giveUp(deps: FateDeps, event: ScheduledEvent, failure: Failure) {
  const error = `Not delivered to ${event.target} in ${event.attempt} attempt${event.attempt > 1 ? 's' : ''}; the last one failed with ${failure.error}. Mend the topic, then publish the event again.`
  await tell(deps, event, { code: failure.code, error })
  await conclude(deps, event, { kind: 'failed', reason: failure.error })
  deps.log.info('failed', {
    id: event.id,
    due: event.date,
    code: failure.code,
    error: failure.error,
    attempts: event.attempt,
  })
}

async function expire(deps: FateDeps, event: ScheduledEvent) {
  await tell(deps, event, {
    code: 'EXPIRED',
    error: `Not delivered by its latest time, ${event.latest}. Publish it again with a later one, or none.`,
  })
  await conclude(deps, event, { kind: 'expired', reason: `latest ${event.latest} passed` })
  deps.log.info('expired', { id: event.id, due: event.date, latest: event.latest })
}

function tell({ notify }: FateDeps, event: ScheduledEvent, why: Pick<Notice, 'code' | 'error'>) {
  const { id, failureTopic } = event
  return notify({ ...why, event: JSON.stringify(asReceived(event)), id, failureTopic })
}

function conclude(
  { table, clock }: FateDeps,
  { slot, key, attempt }: ScheduledEvent,
  how: Pick<Outcome, 'kind' | 'reason' | 'next'>,
) {
  return table.conclude({ slot, key, atMs: clock.now(), attempts: attempt, ...how })
}
