import type { EventsTable } from '../../aws/events-table.ts'
import type { Log } from '../../aws/log.ts'
import type { Clock, Random } from '../../core/clock.ts'
import { isRetryable } from '../../core/errors.ts'
import { asReceived, type EventRef, type ScheduledEvent } from '../../core/event.ts'
import { mustOpen } from '../../core/lane.ts'
import type { Notice } from '../../core/notice.ts'
import { type EndKind, hasEnded, type Outcome } from '../../core/outcome.ts'
import { attemptAt, nextKey } from '../../core/placement.ts'
import { afterFailure, reparkDelayMs } from '../../core/retry.ts'
import type { Notify } from '../notify.ts'
import type { OpenSlot } from '../open-slot.ts'
import type { SlotAt } from '../slot-at.ts'
import type { Checkpointing } from './checkpointing.ts'
import type { Fate } from './delivery.ts'
import type { Failure } from './publishing.ts'

export interface FateDeps {
  table: Pick<EventsTable, 'park' | 'conclude' | 'outcomesOf'>
  openSlot: OpenSlot
  notify: Notify
  clock: Clock
  random: Random
  log: Log
  slotAt: SlotAt
  maxAttempts: number
}

/** How many events met which end. */
export type Tally = Record<'delivered' | EndKind, number>

export function emptyTally(): Tally {
  return { delivered: 0, failed: 0, expired: 0, retrying: 0, cancelled: 0, moved: 0 }
}

/** Where what becomes of events is written down and counted. */
export interface Records {
  checkpointing: Checkpointing
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
  }
}

/** The ways in which an event ends undelivered. Each answers with the outcome that holds, whoever wrote it. */
function endingsWith(deps: FateDeps, by: string | undefined) {
  const { table, clock, log } = deps
  const end = async (event: ScheduledEvent, how: Pick<Outcome, 'kind' | 'reason' | 'next'>) => {
    const { slot, key, attempt } = event
    const outcome: Outcome = { slot, key, atMs: clock.now(), attempts: attempt, by, ...how }
    if (await table.conclude(outcome)) return outcome
    const [standing] = await table.outcomesOf([event])
    return standing
  }
  const tell = ({ id, failureTopic, ...event }: ScheduledEvent, why: Pick<Notice, 'code' | 'error'>) =>
    deps.notify({ ...why, event: JSON.stringify(asReceived({ id, failureTopic, ...event })), id, failureTopic })
  return {
    /**
     * Decides by one write where the next attempt is, and then parks it there: so there is one chain of attempts. After
     * a crash in between, the settler finds that the place is empty, and parks it.
     */
    async retryLater(event: ScheduledEvent, { error }: Failure, retryAtMs: number) {
      const next = { slot: await deps.slotAt(retryAtMs, event.id), key: nextKey(event, retryAtMs) }
      const outcome = await end(event, { kind: 'retrying', reason: error, next })
      if (outcome?.next?.key === next.key) await parkNext(deps, event, next)
      const { id, date: due } = event
      log.debug('retrying', { id, due, attempt: event.attempt + 1, next: new Date(retryAtMs).toISOString(), error })
      return outcome
    },
    async giveUp(event: ScheduledEvent, failure: Failure) {
      const { id, date: due, target, attempt: attempts } = event
      const error = `Not delivered to ${target} in ${attempts} attempt${attempts > 1 ? 's' : ''}; the last one failed with ${failure.error}. Mend the topic, then publish the event again.`
      await tell(event, { code: failure.code, error })
      const outcome = await end(event, { kind: 'failed', reason: failure.error })
      log.info('failed', { id, due, code: failure.code, error: failure.error, attempts })
      return outcome
    },
    async expire(event: ScheduledEvent) {
      const { id, date: due, latest } = event
      const error = `Not delivered by its latest time, ${latest}. Publish it again with a later one, or none.`
      await tell(event, { code: 'EXPIRED', error })
      const outcome = await end(event, { kind: 'expired', reason: `latest ${latest} passed` })
      log.info('expired', { id, due, latest })
      return outcome
    },
  }
}

/**
 * Parks the attempt of an event that belongs to `next`. Its slot is opened before, so that after a crash in between there
 * is somebody who will look, and after, in case it was over meanwhile. Harmless to repeat.
 */
export async function parkNext(
  { table, clock, openSlot }: Pick<FateDeps, 'clock' | 'openSlot'> & { table: Pick<EventsTable, 'park'> },
  event: ScheduledEvent,
  next: EventRef,
): Promise<void> {
  const open = async () => {
    if (mustOpen(next.slot, clock.now())) await openSlot(next.slot)
  }
  await open()
  await table.park([attemptAt(event, next, clock.now())])
  await open()
}
