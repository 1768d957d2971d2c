import { createHash } from 'node:crypto'
import { FAILURE_CODES } from '../../core/errors.ts'
import { type EventRef, emitAtMsOf, type ScheduledEvent } from '../../core/event.ts'
import type { IndexKind } from '../../core/index-kind.ts'
import { addLateness, type Lateness } from '../../core/lateness.ts'
import type { Segment } from '../../core/segment.ts'
import type { Slot } from '../../core/slot.ts'
import { CLOCK_SKEW_MS, LONGEST_WRITE_MS, SURE_MS } from '../../core/timetable.ts'
import { SEEN_BY_ALL_MS } from '../../functions/validator/doubt.ts'
import type { Try } from './deadline.ts'
import { type Before, openExcuses } from './excuses.ts'
import { COMES_BACK_MS, FAULTS } from './faults.ts'
import { type Asked, aStory, goesTo, keyOf, type Request, type Story, stopsAt } from './story.ts'
import { historyOf, verdictOf } from './story-verdict.ts'
import type { Passed, Strikes } from './strikes.ts'

/** The event of an id and a date, and what the world saw of it. */
interface Entry {
  dueAtMs: number
  /** When it was asked for, epoch ms: since anything last asked for its end. */
  askedAtMs: number
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
  before?: Seen
  /** When it was cancelled last, epoch ms, and how long before it was due. */
  cancelled?: { atMs: number; aheadMs: number }
  /** Whether its client was told that it has failed, or expired. */
  hasEnded: boolean
  /** When its failure topic last refused to be told so, epoch ms, unless it has taken it since. */
  untoldAtMs?: number | undefined
}

/** A delivery as the world saw it, and where its event had been. */
interface Seen extends Before {
  passed: Passed
  delivery: Story['delivered'][number]
}

/** An event as it is written into the table, where a large payload stands apart. */
type Parked = Pick<ScheduledEvent, 'id' | 'dueAtMs' | 'slot' | 'key' | 'attempt' | 'emitAtMs'> &
  Partial<Pick<ScheduledEvent, 'payload'>>

/** `refused`: everybody who asked for it was told why not. */
export type Ending = 'delivered' | 'failed' | 'cancelled' | 'expired' | 'refused'

/** A notice as it arrives at a failure topic. */
export interface NoticeSeen {
  code: string
  error?: string
  id?: string | undefined
  message_id?: string | undefined
  event: { id?: string; date?: string; payload?: string }
}

/** An invariant of the design that did not hold. */
export class Violation extends Error {
  override readonly name = 'Violation'
}

/**
 * What the world saw, held against what was promised. Knows nothing of what the code thinks it did.
 * @param strikes the faults that struck, and where
 * @param index which ids the stack indexes
 */
export function openJudge(now: () => number, strikes: Strikes, index: IndexKind = 'own') {
  const excuses = openExcuses(strikes)
  const entries = new Map<string, Entry>()
  const stories = new Map<string, Story>()
  const askedIn = new Map<string, Asked>()
  const byRef = new Map<string, Entry>()
  const cancelledKeys = new Map<string, number>()
  /** How slots were cut, of those that were. */
  const plans = new Map<Slot, readonly Segment[]>()
  const history = createHash('sha256')
  const lateness: Lateness = {}
  const totals: Record<Ending, number> = { delivered: 0, failed: 0, cancelled: 0, expired: 0, refused: 0 }
  let accepted = 0
  let changed = 0
  let doubled = 0
  let ahead = 0

  const write = (what: string, ...details: (string | number)[]) => {
    history.update(`${now()} ${what} ${details.join(' ')}\n`)
  }
  const fail = (sentence: string, story?: Story): never => {
    throw new Violation(`${sentence} (at ${new Date(now()).toISOString()})${story ? historyOf(story) : ''}`)
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

  const passedOf = ({ refs }: Entry, { id, target }: ScheduledEvent) => ({ id, refs, target })
  /** Notes where an event stands, if it was not known. @returns whether it was not */
  const stands = (entry: Entry, { slot, key }: EventRef): boolean => {
    if (byRef.has(slot + key)) return false
    byRef.set(slot + key, entry)
    entry.refs.push({ slot, key })
    noteCancel(entry, { slot, key })
    return true
  }
  /** Notes that an event was cancelled where it stands, if it was: also before it was seen there. */
  const noteCancel = (entry: Entry, { slot, key }: EventRef) => {
    const atMs = cancelledKeys.get(slot + key)
    if (atMs !== undefined) entry.cancelled = { atMs, aheadMs: emitAtMsOf(key) - atMs }
  }
  const judgeDouble = (entry: Entry, event: ScheduledEvent, before: Before) => {
    doubled++
    const strike = excuses.double(passedOf(entry, event), before, now())
    if (!strike)
      return fail(
        `DOUBLED: ${event.id} was delivered ${entry.deliveries} times, first ${now() - before.atMs} ms before, and nothing explains it. ${excuses.told(passedOf(entry, event))}`,
        stories.get(event.id),
      )
    const { doubles } = FAULTS[strike.fault]
    if (strike.doubled > doubles)
      fail(
        `DOUBLED: ${event.id} was delivered ${entry.deliveries} times; ${strike.fault} of ${new Date(strike.fromMs).toISOString()} may double ${doubles} events, and has`,
      )
  }
  /** When an event in whose place this one was to come was cancelled too late to be sure of it, epoch ms. */
  const doubtedAtMs = ({ id, dueAtMs }: ScheduledEvent): number => {
    const moves =
      stories.get(id)?.asked.flatMap(({ request }) => (request.action === 'reschedule' ? request : [])) ?? []
    const story = moves.some(({ toMs }) => toMs === dueAtMs) ? stories.get(id) : undefined
    // One that cannot be moved stays, and leaves no sooner than that is known.
    const toComeTo = moves.filter((move) => fromOf(move, dueAtMs) === dueAtMs).map(({ toMs }) => toMs)
    const inDoubt = [dueAtMs, ...toComeTo, ...(story ? datesOf(story) : [])].flatMap((date) => {
      const { cancelled } = entries.get(keyOf(id, date)) ?? {}
      const withinMs = date === dueAtMs || toComeTo.includes(date) ? IN_DOUBT_AGAIN_MS : IN_DOUBT_MS
      return cancelled && cancelled.aheadMs < withinMs ? cancelled.atMs : []
    })
    return Math.max(0, ...inDoubt)
  }
  /** When an event was to be moved away last, before it was due, epoch ms: one that stays leaves once that has been refused. */
  const toBeMovedAtMs = ({ id, dueAtMs }: ScheduledEvent): number => {
    const isToMove = ({ request, atMs }: Asked) =>
      request.action === 'reschedule' && fromOf(request, dueAtMs) === dueAtMs && atMs < dueAtMs
    return stories.get(id)?.asked.findLast(isToMove)?.atMs ?? 0
  }
  /** When the segment is over in which an event stands first, epoch ms; undefined if its slot was not seen to be cut. */
  const overAtMs = ({ refs: [first] }: Entry): number | undefined =>
    first && plans.get(first.slot)?.find(({ to }) => first.key < to)?.untilMs
  const judgeLateness = (entry: Entry, event: ScheduledEvent) => {
    const { dueAtMs } = entry
    const doubtsEndMs = doubtedAtMs(event) + PROVED_MS
    const askedAtMs = Math.max(entry.askedAtMs, toBeMovedAtMs(event), doubtsEndMs)
    const lateMs = now() - dueAtMs
    if (dueAtMs - askedAtMs >= AHEAD_MS) {
      ahead++
      addLateness(lateness, Math.max(0, lateMs))
    }
    const tries = entry.tries.slice(0, -1)
    const { postponedAtMs } = entry
    const segmentOverAtMs = overAtMs(entry)
    const when = { dueAtMs, askedAtMs, segmentOverAtMs }
    const unexplainedMs = excuses.late({ ...passedOf(entry, event), ...when, tries, postponedAtMs }, now())
    if (unexplainedMs > 0)
      fail(
        `LATE: ${event.id} was delivered ${lateMs} ms after due, ${unexplainedMs} ms later than is explained. ${excuses.told(passedOf(entry, event))}`,
        stories.get(event.id),
      )
  }

  /** Notes that an event is asked for. Asking for the same again changes nothing, unless its end was asked for meanwhile. */
  const asksFor = ({ id, asked }: Story, dueAtMs: number, latestAtMs?: number) => {
    const key = keyOf(id, dueAtMs)
    const entry = entries.get(key)
    const isChange = ({ request }: Story['asked'][number]) => request.action !== 'schedule' || request.replace
    if (entry && asked.some((one) => one.atMs >= entry.askedAtMs && isChange(one))) entry.askedAtMs = now()
    if (entry) return
    accepted++
    entries.set(key, {
      dueAtMs,
      askedAtMs: now(),
      latestAtMs,
      deliveries: 0,
      refs: [],
      tries: [],
      postponedAtMs: [],
      hasEnded: false,
    })
  }
  /**
   * Whether the end of one of its events is still to be told: its failure topic has refused that since an instant, and is
   * tried again for a day. Until one takes it the event goes on.
   */
  const isUntold = (story: Story, sinceMs: number): boolean =>
    [...datesOf(story)].some((dueAtMs) => (entries.get(keyOf(story.id, dueAtMs))?.untoldAtMs ?? 0) >= sinceMs)
  /** Marks the last delivery of an event if a fault has kept it from being recorded. */
  const markUnrecorded = (last: Seen | undefined) => {
    if (last && excuses.unrecorded(last.passed, last, now())) last.delivery.unrecorded = true
  }
  const closeEntry = (story: Story, key: string, entry: Entry) => {
    totals[endingOf(story, entry)]++
    markUnrecorded(entry.before)
    entries.delete(key)
    for (const { slot, key } of entry.refs) byRef.delete(slot + key)
  }
  return {
    violation: () => violation,
    /** A client has published a request about an id; where it chose none, the id is the MessageId. */
    requested(id: string, messageId: string, request: Request): void {
      write(request.action, id, request.dueAtMs ?? '')
      const story = stories.get(id) ?? aStory(id, id !== messageId, index)
      stories.set(id, story)
      const asked = { messageId, atMs: now(), request, receives: 0, told: [] }
      askedIn.set(messageId, asked)
      story.asked.push(asked)
      if (story.asked.length > 1) changed++
      if (request.action === 'schedule') asksFor(story, request.dueAtMs, request.latestAtMs)
      if (request.action === 'reschedule') asksFor(story, request.toMs)
    },
    /** A validator was handed a message. */
    received(messageId: string): void {
      const asked = askedIn.get(messageId)
      if (asked) asked.receives++
    },
    /** An event was parked: at first, or again. If it is the same attempt then, it was postponed. */
    parked: guarded((event: Parked) => {
      const itsMs = emitAtMsOf(event.key)
      if (itsMs !== event.emitAtMs)
        fail(`MISPLACED: ${event.id} was parked to be emitted at ${event.emitAtMs} in the place of ${itsMs}`)
      const entry = entries.get(keyOf(event.id, event.dueAtMs))
      const { parked, parkedAs } = stories.get(event.id) ?? {}
      if (parked && !parked.has(event.dueAtMs)) parked.set(event.dueAtMs, now())
      const as = `${event.dueAtMs} ${contentOf(event.payload ?? '')}`
      if (parkedAs && !parkedAs.has(as)) parkedAs.set(as, now())
      if (!entry || !stands(entry, event)) return
      if (entry.attempt === event.attempt) entry.postponedAtMs.push(now())
      entry.attempt = event.attempt
    }),
    /** The outcome `cancelled` was written; from now on the event must not go out. */
    cancelWritten({ slot, key }: EventRef): void {
      cancelledKeys.set(slot + key, now())
      const entry = byRef.get(slot + key)
      if (entry) noteCancel(entry, { slot, key })
    },
    /** A slot was planned, and cut into segments. */
    planned(slot: Slot, segments: readonly Segment[]): void {
      if (segments.length > 1) plans.set(slot, segments)
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
      const entry = entries.get(keyOf(event.id, event.dueAtMs))
      if (!entry) return
      // Once begun it may take its time: a target is slow, a Region stands still.
      if (entry.latestAtMs !== undefined && emitterNowMs > entry.latestAtMs)
        fail(`EXPIRED EVENT: ${event.id} was published ${emitterNowMs - entry.latestAtMs} ms after its latest`)
      entry.tries.push({ atMs: now(), key: event.key, attempt: event.attempt, endedAtMs: Number.POSITIVE_INFINITY })
      stands(entry, event)
    }),
    /** A try to publish an event is over. */
    publishEnded({ id, dueAtMs, key }: ScheduledEvent): void {
      const last = entries.get(keyOf(id, dueAtMs))?.tries.findLast((one) => one.key === key)
      if (last) last.endedAtMs = Math.min(last.endedAtMs, now())
    },
    /** A target has taken an event. */
    published: guarded((event: ScheduledEvent) => {
      write('published', event.id, event.dueAtMs, event.attempt)
      const entry = entries.get(keyOf(event.id, event.dueAtMs))
      if (!entry)
        return fail(`UNKNOWN: ${event.id} due ${event.dueAtMs} was delivered and never scheduled, or settled long ago`)
      const cancelledAtMs = cancelledKeys.get(event.slot + event.key)
      if (cancelledAtMs !== undefined && event.emitAtMs - cancelledAtMs > CANCEL_SURE_MS)
        fail(
          `CANCELLED EVENT: ${event.id} was delivered, though cancelled ${event.emitAtMs - cancelledAtMs} ms before due`,
        )
      const { id, dueAtMs } = event
      const delivery = { dueAtMs, content: contentOf(event.payload), atMs: now() }
      stories.get(id)?.delivered.push(delivery)
      const { before } = entry
      markUnrecorded(before)
      entry.before = { atMs: now(), tries: entry.tries, passed: passedOf(entry, event), delivery }
      if (++entry.deliveries > 1) judgeDouble(entry, event, before as Before)
      // One that had ended otherwise goes out when its client publishes it again.
      else if (!entry.hasEnded) judgeLateness(entry, event)
    }),
    /** A failure topic has taken a notice. */
    notified({ code, error = '', id = '', message_id, event }: NoticeSeen): void {
      write('notice', code, id)
      const story = stories.get(id)
      if (!isOfEnd(code))
        return void story?.asked
          .find(({ messageId }) => messageId === message_id)
          ?.told.push({ code, error, atMs: now() })
      const dueAtMs = Date.parse(event.date ?? '')
      story?.ended.push({ dueAtMs, code, content: contentOf(event.payload ?? ''), atMs: now() })
      const entry = entries.get(keyOf(id, dueAtMs))
      if (!entry) return
      entry.hasEnded = true
      entry.untoldAtMs = undefined
    },
    /** A failure topic has refused a notice. */
    notTaken({ code, id = '', event }: NoticeSeen): void {
      const entry = entries.get(keyOf(id, Date.parse(event.date ?? '')))
      if (entry && isOfEnd(code)) entry.untoldAtMs = now()
    },
    /**
     * Closes the stories that were over at an instant long past, and of which no failure topic has refused to be told since;
     * all of what they asked for must have ended by now.
     * @returns them
     */
    close(beforeMs: number): Story[] {
      const over = [...stories.values()].filter((story) => isOver(story, beforeMs) && !isUntold(story, beforeMs))
      for (const story of over) {
        stories.delete(story.id)
        for (const { messageId } of story.asked) askedIn.delete(messageId)
        for (const dueAtMs of datesOf(story)) {
          const key = keyOf(story.id, dueAtMs)
          closeEntry(story, key, entries.get(key) as Entry)
        }
        guarded(() => {
          const verdict = verdictOf(story)
          if (verdict) fail(verdict, story)
        })()
      }
      // What explains that a delivery is on no record is forgotten with what struck then.
      for (const { before } of entries.values()) if (before && before.atMs < beforeMs) markUnrecorded(before)
      strikes.forget(beforeMs)
      return over
    },
    /** The account: `accepted` is the sum of the endings. */
    account: () => ({
      ...totals,
      accepted: accepted - totals.refused,
      pending: entries.size,
      doubled,
      changed,
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

/** A cancel written so close to due waits for proof, and what was to take the event's place with it. ms */
const IN_DOUBT_MS = SURE_MS + CLOCK_SKEW_MS + 1_000

/** What is scheduled again at the date of an event waits for proof if this was cancelled so close to it: nobody knows how long that write took. ms */
const IN_DOUBT_AGAIN_MS = SURE_MS + LONGEST_WRITE_MS + CLOCK_SKEW_MS

/** The proof is there after this at the latest, when the message comes back that asks for it. ms */
const PROVED_MS = SEEN_BY_ALL_MS + COMES_BACK_MS

/** A cancel written so close to due may come too late; its client is told. ms */
const CANCEL_SURE_MS = 3_000

/** The date from which a request moves an event; one by the id alone may mean any. */
function fromOf({ dueAtMs }: Request, anyMs: number): number {
  return dueAtMs ?? anyMs
}

/** The dates for which a story asks. */
export function datesOf({ asked }: Story): Set<number> {
  return new Set(asked.flatMap(({ request }) => (request.action === 'cancel' ? [] : goesTo(request))))
}

/** Whether a notice tells how an event has ended, and not why a request is refused. */
function isOfEnd(code: string): boolean {
  return (FAILURE_CODES as readonly string[]).includes(code)
}

function isOver(story: Story, beforeMs: number): boolean {
  const isPast = (atMs: number) => atMs < beforeMs
  return story.asked.every(({ atMs }) => isPast(atMs)) && [...datesOf(story)].every(isPast)
}

/** What a payload says, without what only makes it larger. */
export function contentOf(payload: string): string {
  return payload.split('.', 1)[0] as string
}

function endingOf(story: Story, { dueAtMs, deliveries }: Entry): Ending {
  if (deliveries > 0) return 'delivered'
  const last = story.ended.findLast((one) => one.dueAtMs === dueAtMs)
  if (last) return last.code === 'EXPIRED' ? 'expired' : 'failed'
  // What should have come there otherwise is lost, by the verdict on its story.
  return story.asked.some((one) => stopsAt(story, one, dueAtMs) !== 'no') ? 'cancelled' : 'refused'
}
