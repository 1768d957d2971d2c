import { createHash } from 'node:crypto'
import type { EventRef, ScheduledEvent } from '../../core/event.ts'
import { addLateness, type Lateness } from '../../core/lateness.ts'
import type { Slot } from '../../core/slot.ts'
import type { Try } from './deadline.ts'
import { type Before, openExcuses } from './excuses.ts'
import { FAULTS } from './faults.ts'
import { nameOf, type Strikes } from './strikes.ts'

/** What a client did with one event, and what the world saw of it. */
interface Entry {
  dueAtMs: number
  scheduledAtMs: number
  latestAtMs?: number | undefined
  deliveries: number
  /** Where it stood, attempt by attempt. */
  refs: EventRef[]
  /** Tries to publish it. */
  tries: Try[]
  /** When it was parked again without a try, epoch ms. */
  postponedAtMs: number[]
  /** The attempt as which it was parked last. */
  attempt?: number
  /** Its last delivery. */
  before?: Before
  /** Codes of the notices about its schedule. */
  notices: string[]
  /** `overtook`: its client was told that there is no such event, and that it stays cancelled if it arrives after all. */
  cancel?: 'requested' | 'refused' | 'overtook' | undefined
}

export type Ending = 'delivered' | 'failed' | 'cancelled' | 'expired' | 'pending'

/** An invariant of the design that did not hold. */
export class Violation extends Error {
  override readonly name = 'Violation'
}

const ENDED_BY: Record<string, Ending> = {
  EXPIRED: 'expired',
  TARGET_NOT_FOUND: 'failed',
  TARGET_DENIED: 'failed',
  TARGET_REFUSED: 'failed',
  TARGET_UNAVAILABLE: 'failed',
}

/**
 * What the world saw, held against what was promised. Knows nothing of what the code thinks it did.
 * @param strikes the faults that struck, and where
 */
export function openJudge(now: () => number, strikes: Strikes) {
  const excuses = openExcuses(strikes)
  const entries = new Map<string, Entry>()
  const byRef = new Map<string, Entry>()
  const cancelledKeys = new Map<string, number>()
  const history = createHash('sha256')
  const lateness: Lateness = {}
  const totals: Record<Ending, number> = { delivered: 0, failed: 0, cancelled: 0, expired: 0, pending: 0 }
  let accepted = 0
  let doubled = 0
  let ahead = 0

  const write = (what: string, ...details: (string | number)[]) => {
    history.update(`${now()} ${what} ${details.join(' ')}\n`)
  }
  const fail = (sentence: string): never => {
    throw new Violation(`${sentence} (at ${new Date(now()).toISOString()})`)
  }
  /** Rejections inside promises must not get lost: the first violation is kept for the run to find. */
  let violation: Violation | undefined
  const guarded =
    <Args extends unknown[]>(work: (...args: Args) => void) =>
    (...args: Args) => {
      try {
        work(...args)
      } catch (error) {
        if (error instanceof Violation) violation ??= error
        else throw error
      }
    }

  const passedOf = ({ refs }: Entry, { id, dueAtMs, target }: ScheduledEvent) => ({
    event: nameOf(id, dueAtMs),
    refs,
    target,
  })
  /** Notes where an event stands, if it was not known. @returns whether it was not */
  const stands = (entry: Entry, { slot, key }: EventRef): boolean => {
    if (byRef.has(slot + key)) return false
    byRef.set(slot + key, entry)
    entry.refs.push({ slot, key })
    return true
  }
  const judgeDouble = (entry: Entry, event: ScheduledEvent, before: Before) => {
    doubled++
    const strike = excuses.double(passedOf(entry, event), before, now())
    if (!strike)
      return fail(
        `DOUBLED: ${event.id} was delivered ${entry.deliveries} times, first ${now() - before.atMs} ms before, and nothing explains it. ${excuses.told(passedOf(entry, event))}`,
      )
    const { doubles } = FAULTS[strike.fault]
    if (strike.doubled > doubles)
      fail(
        `DOUBLED: ${event.id} was delivered ${entry.deliveries} times; ${strike.fault} of ${new Date(strike.fromMs).toISOString()} may double ${doubles} events, and has`,
      )
  }
  const judgeLateness = (entry: Entry, event: ScheduledEvent) => {
    const { dueAtMs, scheduledAtMs: askedAtMs } = entry
    const lateMs = now() - dueAtMs
    if (dueAtMs - askedAtMs >= AHEAD_MS) {
      ahead++
      addLateness(lateness, Math.max(0, lateMs))
    }
    const tries = entry.tries.slice(0, -1)
    const { postponedAtMs } = entry
    const unexplainedMs = excuses.late({ ...passedOf(entry, event), dueAtMs, askedAtMs, tries, postponedAtMs }, now())
    if (unexplainedMs > 0)
      fail(
        `LATE: ${event.id} was delivered ${lateMs} ms after due, ${unexplainedMs} ms later than is explained. ${excuses.told(passedOf(entry, event))}`,
      )
  }

  return {
    violation: () => violation,
    /** A client has asked for an event; asking for the same again changes nothing. */
    scheduled(id: string, dueAtMs: number, latestAtMs?: number): void {
      write('scheduled', id, dueAtMs)
      const key = nameOf(id, dueAtMs)
      if (entries.has(key)) return
      accepted++
      entries.set(key, {
        dueAtMs,
        scheduledAtMs: now(),
        latestAtMs,
        deliveries: 0,
        refs: [],
        tries: [],
        postponedAtMs: [],
        notices: [],
      })
    },
    /** A client has asked to cancel an event. */
    cancelRequested(id: string, dueAtMs: number): void {
      write('cancel', id, dueAtMs)
      const entry = entries.get(nameOf(id, dueAtMs))
      // A cancel that is asked for again, after one was refused, may yet be carried out.
      if (entry) entry.cancel = 'requested'
    },
    /** An event was parked: at first, or again. If it is the same attempt then, it was postponed. */
    parked(event: Pick<ScheduledEvent, 'id' | 'dueAtMs' | 'slot' | 'key' | 'attempt'>): void {
      const entry = entries.get(nameOf(event.id, event.dueAtMs))
      if (!entry || !stands(entry, event)) return
      if (entry.attempt === event.attempt) entry.postponedAtMs.push(now())
      entry.attempt = event.attempt
    },
    /** The outcome `cancelled` was written; from now on the event must not go out. */
    cancelWritten({ slot, key }: EventRef): void {
      cancelledKeys.set(slot + key, now())
    },
    /** A checkpoint was written: of these events it is on record that they were delivered. */
    recorded(slot: Slot, keys: readonly string[]): void {
      for (const key of keys) {
        const before = byRef.get(slot + key)?.before
        if (before) before.recordedAtMs ??= now()
      }
    },
    publishStarted: guarded((event: ScheduledEvent, emitterNowMs: number) => {
      if (emitterNowMs < event.dueAtMs)
        fail(`EARLY: ${event.id} was published ${event.dueAtMs - emitterNowMs} ms before due`)
      const entry = entries.get(nameOf(event.id, event.dueAtMs))
      if (!entry) return
      entry.tries.push({ atMs: now(), key: event.key, attempt: event.attempt, endedAtMs: Number.POSITIVE_INFINITY })
      stands(entry, event)
    }),
    /** A try to publish an event is over. */
    publishEnded({ id, dueAtMs, key }: ScheduledEvent): void {
      const last = entries.get(nameOf(id, dueAtMs))?.tries.findLast((one) => one.key === key)
      if (last) last.endedAtMs = Math.min(last.endedAtMs, now())
    },
    /** A target has taken an event. */
    published: guarded((event: ScheduledEvent) => {
      write('published', event.id, event.dueAtMs, event.attempt)
      const entry = entries.get(nameOf(event.id, event.dueAtMs))
      if (!entry)
        return fail(`UNKNOWN: ${event.id} due ${event.dueAtMs} was delivered and never scheduled, or settled long ago`)
      if (entry.latestAtMs !== undefined && now() > entry.latestAtMs + LATEST_TOLERANCE_MS)
        fail(`EXPIRED EVENT: ${event.id} was delivered ${now() - entry.latestAtMs} ms after its latest`)
      const cancelledAtMs = cancelledKeys.get(event.slot + event.key)
      if (cancelledAtMs !== undefined && event.emitAtMs - cancelledAtMs > CANCEL_SURE_MS)
        fail(
          `CANCELLED EVENT: ${event.id} was delivered, though cancelled ${event.emitAtMs - cancelledAtMs} ms before due`,
        )
      const { before } = entry
      entry.before = { atMs: now(), tries: entry.tries }
      if (++entry.deliveries > 1) judgeDouble(entry, event, before as Before)
      // One that had ended otherwise goes out when its client publishes it again.
      else if (entry.notices.length === 0) judgeLateness(entry, event)
    }),
    /** A failure topic has taken a notice. */
    notified(notice: { code: string; event: { id?: string; date?: string; action?: string } }): void {
      write('notice', notice.code, notice.event.id ?? '')
      const entry = entries.get(`${notice.event.id} ${Date.parse(notice.event.date ?? '')}`)
      if (!entry) return
      if (notice.event.action) entry.cancel = notice.code === 'EVENT_NOT_FOUND' ? 'overtook' : 'refused'
      else entry.notices.push(notice.code)
    },
    /** Closes the entries of events due before an instant long past; every one must have ended by now. */
    close: guarded((dueBeforeMs: number) => {
      for (const [key, entry] of entries) {
        if (entry.dueAtMs >= dueBeforeMs) continue
        const ending = endingOf(entry)
        totals[ending]++
        entries.delete(key)
        for (const { slot, key } of entry.refs) byRef.delete(slot + key)
        if (ending === 'pending')
          fail(
            `LOST: ${key.split(' ')[0]}, due ${new Date(entry.dueAtMs).toISOString()}, has neither been delivered nor ended otherwise`,
          )
        if (entry.cancel === 'requested' && entry.deliveries > 0)
          fail(`NOT CANCELLED: ${key.split(' ')[0]} was delivered, and nobody said that its cancel came too late`)
      }
      strikes.forget(dueBeforeMs)
    }),
    /** The account: `accepted` is the sum of the endings. */
    account: () => ({
      accepted,
      ...totals,
      pending: entries.size,
      doubled,
      ahead,
      lateness,
      excused: excuses.account(),
      hash: history.copy().digest('hex').slice(0, 16),
    }),
  }
}

export type Judge = ReturnType<typeof openJudge>
export type Account = ReturnType<Judge['account']>

/** The lateness that is told is that of events scheduled at least this far ahead, ms. */
const AHEAD_MS = 10_000

/** A publish may be under way when `latest` passes. */
const LATEST_TOLERANCE_MS = 10_000 + 5_000

/** A cancel written so close to due may come too late; its client is told. ms */
const CANCEL_SURE_MS = 3_000

function endingOf({ deliveries, notices, cancel }: Entry): Ending {
  if (deliveries > 0) return 'delivered'
  const ending = notices.map((code) => ENDED_BY[code]).find((found) => found !== undefined)
  // A refusal promises that the event goes on: it must end in another way.
  return ending ?? (cancel === undefined || cancel === 'refused' ? 'pending' : 'cancelled')
}
