import type { EventsTable } from '../../aws/events-table.ts'
import type { Log } from '../../aws/log.ts'
import type { MetricsPort } from '../../aws/metrics.ts'
import type { Clock, Random } from '../../core/clock.ts'
import { isRetryable, SchedulerError } from '../../core/errors.ts'
import { asReceived, type ScheduledEvent } from '../../core/event.ts'
import { mustOpen } from '../../core/lane.ts'
import type { Notice } from '../../core/notice.ts'
import { type EndKind, hasEnded, type Outcome } from '../../core/outcome.ts'
import { attemptAt, type Continuation, nextKey } from '../../core/placement.ts'
import { afterFailure, againDelayMs, reparkDelayMs } from '../../core/retry.ts'
import { GIVE_UP_AFTER_MS } from '../../core/timetable.ts'
import type { Untold } from '../../core/untold.ts'
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
  metrics: MetricsPort
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
    retryLater: (event: ScheduledEvent, { error }: Failure, retryAtMs: number) =>
      goOn(event, retryAtMs, { reason: error, attempts: event.attempt }),
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

type How = Pick<Outcome, 'kind' | 'reason' | 'next' | 'attempts' | 'untold'>

/** Writes how an event has ended. @returns the outcome that holds */
function concludingWith({ table, clock }: FateDeps, by: string | undefined) {
  return async (event: ScheduledEvent, how: How): Promise<Outcome | undefined> => {
    const { slot, key, attempt } = event
    const outcome: Outcome = { slot, key, atMs: clock.now(), attempts: attempt, by, ...how }
    if (await table.conclude(outcome)) return outcome
    const [standing] = await table.outcomesOf([event])
    return standing
  }
}

/** What goes on in a later slot: an event that is to be tried again, or its failure of which somebody is to be told. */
function goingOnWith(deps: FateDeps, end: ReturnType<typeof concludingWith>) {
  const { clock, random, log } = deps
  /**
   * Decides by one write where an event goes on, and then parks it there: so there is one chain of attempts. After a
   * crash in between, the settler finds that the place is empty, and parks it.
   */
  const goOn = async (event: ScheduledEvent, atMs: number, how: Omit<How, 'kind' | 'next'>) => {
    const next = { slot: await deps.slotAt(atMs, event.id), key: nextKey(event, atMs) }
    const outcome = await end(event, { kind: 'retrying', next, ...how })
    if (outcome?.next?.key === next.key) await parkNext(deps, event, { ...how, ...next })
    const { id, date: due } = event
    log.debug('retrying', {
      id,
      due,
      attempt: (how.attempts ?? 0) + 1,
      next: new Date(atMs).toISOString(),
      error: how.reason,
    })
    return outcome
  }
  /** Has it told later, unless nobody could be told for a day. */
  const tellLater = async (event: ScheduledEvent, untold: Untold, why: string) => {
    const nowMs = clock.now()
    const atMs = nowMs + againDelayMs({ sinceMs: untold.sinceMs, nowMs }, random())
    if (atMs - untold.sinceMs <= GIVE_UP_AFTER_MS)
      return goOn(event, atMs, {
        reason: `${untold.reason}; not told yet: ${why}`,
        attempts: event.attempt - 1,
        untold,
      })
    deps.metrics.publish({ Untold: 1 })
    log.error('failed, and nobody could be told', { id: event.id, due: event.date, error: untold.error, why })
    return end(event, { kind: 'failed', reason: `${untold.reason}; nobody could be told: ${why}` })
  }
  return {
    goOn,
    tellLater,
    /** Tells of a failure, and then ends the event. */
    async tell(event: ScheduledEvent, untold: Untold) {
      const { id, date: due, attempt: attempts } = event
      const { kind, code, error, reason } = untold
      const why = await notTold(deps, event, { code, error })
      if (why !== undefined) return tellLater(event, untold, why)
      const outcome = await end(event, { kind, reason })
      log.info(kind, { id, due, code, error: reason, attempts })
      return outcome
    },
  }
}

/** Tells the failure topic of an event. @returns why nobody was told, or undefined */
async function notTold({ notify }: FateDeps, event: ScheduledEvent, why: Pick<Notice, 'code' | 'error'>) {
  const { id, failureTopic } = event
  try {
    await notify({ ...why, event: JSON.stringify(asReceived(event)), id, failureTopic })
    return undefined
  } catch (fault) {
    if (!(fault instanceof SchedulerError && fault.code === 'NOTICE_NOT_SENT')) throw fault
    return fault.message
  }
}

/**
 * Parks an event where it goes on. Its slot is opened before, so that after a crash in between there
 * is somebody who will look, and after, in case it was over meanwhile. Harmless to repeat.
 */
export async function parkNext(
  { table, clock, openSlot }: Pick<FateDeps, 'clock' | 'openSlot'> & { table: Pick<EventsTable, 'park'> },
  event: ScheduledEvent,
  next: Continuation,
): Promise<void> {
  const open = async () => {
    if (mustOpen(next.slot, clock.now())) await openSlot(next.slot)
  }
  await open()
  await table.park([attemptAt(event, next, clock.now())])
  await open()
}
