import type { EventsTable } from '../../aws/events-table.ts'
import type { Log } from '../../aws/log.ts'
import type { MetricsPort } from '../../aws/metrics.ts'
import type { Clock, Random } from '../../core/clock.ts'
import { SchedulerError } from '../../core/errors.ts'
import { asLastAsked, asReceived, type EventRef, type ScheduledEvent } from '../../core/event.ts'
import { mustOpen } from '../../core/lane.ts'
import type { Notice } from '../../core/notice.ts'
import { isAskedSince, isUndelivered, type Outcome } from '../../core/outcome.ts'
import { attemptAt, type Continuation, nextKey } from '../../core/placement.ts'
import { againDelayMs, reparkDelayMs } from '../../core/retry.ts'
import { GIVE_UP_AFTER_MS } from '../../core/timetable.ts'
import type { Untold } from '../../core/untold.ts'
import type { Notify } from '../notify.ts'
import type { OpenSlot } from '../open-slot.ts'
import type { SlotAt } from '../slot-at.ts'

export interface GoingOnDeps {
  table: Pick<EventsTable, 'park' | 'conclude' | 'concludeInstead' | 'outcomesOf' | 'findHeads'>
  openSlot: OpenSlot
  notify: Notify
  clock: Clock
  random: Random
  log: Log
  slotAt: SlotAt
  metrics: MetricsPort
}

type How = Pick<Outcome, 'kind' | 'code' | 'reason' | 'next' | 'attempts' | 'untold'> & { atMs?: number }

/** Writes how an event has ended, and sees to it if it was asked for again meanwhile. @returns the outcome that holds */
export function concludingWith(deps: GoingOnDeps, by: string | undefined) {
  const { table, clock } = deps
  return async (event: ScheduledEvent, how: How): Promise<Outcome | undefined> => {
    const { slot, key, attempt } = event
    const outcome: Outcome = { slot, key, atMs: clock.now(), attempts: attempt, by, ...how }
    const holds = (await table.conclude(outcome)) ? outcome : (await table.outcomesOf([event]))[0]
    return holds && isUndelivered(holds) ? goOnIfAsked(deps, event, holds) : holds
  }
}

/**
 * Has an event that failed or expired go on if it was asked for again before that was written. Whoever asks for it notes
 * that with the event, and looks for its end then; whoever ends it looks for that note afterwards: so one of the two sees
 * the other. After a crash in between the settler looks.
 * @returns the outcome that holds
 */
export async function goOnIfAsked(
  deps: GoingOnDeps,
  event: ScheduledEvent,
  ended: Outcome,
): Promise<Outcome | undefined> {
  const { table, clock, random } = deps
  const [head] = await table.findHeads([event])
  if (!isAskedSince(head, ended)) return ended
  const asked = asLastAsked({ ...event, askedAgain: head?.askedAgain })
  const nowMs = clock.now()
  const atMs = nowMs + reparkDelayMs(1, random())
  const next = await nextPlace(deps, event, atMs)
  const { slot, key, attempt: attempts } = event
  const reason = `asked for again after it had ${ended.kind}`
  const { publication } = asked
  const outcome: Outcome = { slot, key, kind: 'retrying', atMs: nowMs, attempts, reason, publication, next }
  if (!(await table.concludeInstead(outcome, ended))) return (await table.outcomesOf([event]))[0]
  await parkNext(deps, asked, next)
  return outcome
}

/** What goes on in a later slot: an event that is to be tried again, or its failure of which somebody is to be told. */
export function goingOnWith(deps: GoingOnDeps, end: ReturnType<typeof concludingWith>) {
  const { clock, random, log } = deps
  /**
   * Decides by one write where an event goes on, and then parks it there: so there is one chain of attempts. After a
   * crash in between, the settler finds that the place is empty, and parks it.
   */
  const goOn = async (event: ScheduledEvent, atMs: number, how: Omit<How, 'kind' | 'next'>) => {
    const next = await nextPlace(deps, event, atMs)
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
        code: untold.code,
        reason: `${untold.reason}; not told yet: ${why}`,
        attempts: event.attempt - 1,
        untold,
      })
    deps.metrics.publish({ Untold: 1 })
    log.error('failed, and nobody could be told', { id: event.id, due: event.date, error: untold.error, why })
    return end(event, { kind: 'failed', code: untold.code, reason: `${untold.reason}; nobody could be told: ${why}` })
  }
  return {
    goOn,
    tellLater,
    /** Tells of a failure, and then ends the event. */
    async tell(event: ScheduledEvent, untold: Untold) {
      const { id, date: due, attempt: attempts } = event
      const { kind, code, error, reason } = untold
      // Once told, its client may ask for it again: what it asks from now on comes after the end.
      const atMs = clock.now()
      const why = await notTold(deps, event, { code, error })
      if (why !== undefined) return tellLater(event, untold, why)
      const outcome = await end(event, { kind, code, reason, atMs })
      log.info(kind, { id, due, code, error: reason, attempts })
      return outcome
    },
  }
}

/** Where an event goes on at `atMs`. */
async function nextPlace({ slotAt }: GoingOnDeps, event: ScheduledEvent, atMs: number): Promise<EventRef> {
  return { slot: await slotAt(atMs, event.id), key: nextKey(event, atMs) }
}

/** Tells the failure topic of an event. @returns why nobody was told, or undefined */
async function notTold({ notify }: GoingOnDeps, event: ScheduledEvent, why: Pick<Notice, 'code' | 'error'>) {
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
  { table, clock, openSlot }: Pick<GoingOnDeps, 'clock' | 'openSlot'> & { table: Pick<EventsTable, 'park'> },
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
