import { createHash } from 'node:crypto'
import type { EventRef, ScheduledEvent } from '../../core/event.ts'
import { addLateness, type Lateness } from '../../core/lateness.ts'
import type { Slot } from '../../core/slot.ts'
import type { Try } from './deadline.ts'
import { type Before, openExcuses } from './excuses.ts'
import { FAULTS } from './faults.ts'
import { type Asked, type Ended, type Promised, promisesOf, type Story } from './story.ts'
import { nameOf, type Strikes } from './strikes.ts'

/** What the world saw of one id and date. */
interface Entry {
  id: string
  dueAtMs: number
  /** Payloads of its deliveries. */
  delivered: string[]
  /** Where it stood, attempt by attempt. */
  refs: EventRef[]
  /** Tries to publish it. */
  tries: Try[]
  /** Its last delivery. */
  before?: Before
}

/** All that clients asked about one id, and its entries. */
interface Tale extends Story {
  entries: Entry[]
}

export type Ending = 'delivered' | 'failed' | 'cancelled' | 'moved' | 'expired' | 'pending'

/** An invariant of the design that did not hold. */
export class Violation extends Error {
  override readonly name = 'Violation'
}

const ENDED_BY: Record<string, Ended['ending']> = {
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
  const tales = new Map<string, Tale>()
  const entries = new Map<string, Entry>()
  const byMessage = new Map<string, Asked>()
  const byRef = new Map<string, Entry>()
  const cancelledKeys = new Map<string, number>()
  const history = createHash('sha256')
  const lateness: Lateness = {}
  const totals: Record<Ending, number> = { delivered: 0, failed: 0, cancelled: 0, moved: 0, expired: 0, pending: 0 }
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
  const judgeDouble = (entry: Entry, event: ScheduledEvent, before: Before) => {
    doubled++
    const strike = excuses.double(passedOf(entry, event), before, now())
    if (!strike)
      return fail(
        `DOUBLED: ${event.id} was delivered ${entry.delivered.length} times, first ${now() - before.atMs} ms before, and nothing explains it. ${excuses.told(passedOf(entry, event))}`,
      )
    const { doubles } = FAULTS[strike.fault]
    if (strike.doubled > doubles)
      fail(
        `DOUBLED: ${event.id} was delivered ${entry.delivered.length} times; ${strike.fault} of ${new Date(strike.fromMs).toISOString()} may double ${doubles} events, and has`,
      )
  }
  const judgeLateness = (entry: Entry, event: ScheduledEvent, { askedAtMs, wasInDoubt }: Promised) => {
    const { dueAtMs } = entry
    const lateMs = now() - dueAtMs
    if (dueAtMs - askedAtMs >= AHEAD_MS) {
      ahead++
      addLateness(lateness, Math.max(0, lateMs))
    }
    const tries = entry.tries.slice(0, -1)
    const delivered = { ...passedOf(entry, event), dueAtMs, tries }
    const unexplainedMs = excuses.late({ ...delivered, askedAtMs: askedAtMs + (wasInDoubt ? PROVED_MS : 0) }, now())
    if (unexplainedMs > 0)
      fail(
        `LATE: ${event.id} was delivered ${lateMs} ms after due, ${unexplainedMs} ms later than is explained. ${excuses.told(passedOf(entry, event))}`,
      )
  }
  const begin = (tale: Tale, id: string, dueAtMs: number) => {
    const name = nameOf(id, dueAtMs)
    if (entries.has(name)) return
    const entry = { id, dueAtMs, delivered: [], refs: [], tries: [] }
    entries.set(name, entry)
    tale.entries.push(entry)
  }
  const closeTale = (id: string, tale: Tale) => {
    const promises = promisesOf(tale)
    tales.delete(id)
    for (const { messageId } of tale.asked) byMessage.delete(messageId)
    for (const entry of tale.entries) {
      entries.delete(nameOf(id, entry.dueAtMs))
      for (const { slot, key } of entry.refs) byRef.delete(slot + key)
      const promised = promises.get(entry.dueAtMs)
      if (promised) totals[endingOf(entry, promised)]++
      const broken = whyBroken(entry, promised)
      if (broken) fail(`${broken}. ${toldOf(tale)}`)
    }
  }

  return {
    violation: () => violation,
    /** A client has published a request about an event. */
    asked(id: string, asked: Asked): void {
      write(asked.action, id, asked.dueAtMs, asked.newDueAtMs ?? '', asked.payload ?? '')
      const tale = tales.get(id) ?? { asked: [], ended: [], entries: [] }
      tales.set(id, tale)
      tale.asked.push(asked)
      byMessage.set(asked.messageId, asked)
      if (asked.action === 'schedule') begin(tale, id, asked.dueAtMs)
      if (asked.newDueAtMs !== undefined) begin(tale, id, asked.newDueAtMs)
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
      entry.tries.push({ atMs: now(), attempt: event.attempt })
      if (byRef.has(event.slot + event.key)) return
      byRef.set(event.slot + event.key, entry)
      entry.refs.push({ slot: event.slot, key: event.key })
    }),
    /** A target has taken an event. */
    published: guarded((event: ScheduledEvent) => {
      write('published', event.id, event.dueAtMs, event.attempt)
      const entry = entries.get(nameOf(event.id, event.dueAtMs))
      if (!entry)
        return fail(`UNKNOWN: ${event.id} due ${event.dueAtMs} was delivered and never scheduled, or settled long ago`)
      const promised = promisesOf(tales.get(event.id) as Tale).get(event.dueAtMs)
      const latestAtMs = promised?.latestAtMs ?? Number.POSITIVE_INFINITY
      if (now() > latestAtMs + LATEST_TOLERANCE_MS)
        fail(`EXPIRED EVENT: ${event.id} was delivered ${now() - latestAtMs} ms after its latest`)
      const cancelledAtMs = cancelledKeys.get(event.slot + event.key)
      if (cancelledAtMs !== undefined && event.emitAtMs - cancelledAtMs > CANCEL_SURE_MS)
        fail(
          `CANCELLED EVENT: ${event.id} was delivered, though cancelled ${event.emitAtMs - cancelledAtMs} ms before due`,
        )
      const { before } = entry
      entry.before = { atMs: now() }
      if (entry.delivered.push(event.payload) > 1) judgeDouble(entry, event, before as Before)
      // One that had ended otherwise goes out when its client publishes it again.
      else if (promised && promised.endedAtMs === undefined) judgeLateness(entry, event, promised)
    }),
    /** A failure topic has taken a notice. */
    notified({ code, message_id: messageId, event: { id = '', date = '' } }: Told): void {
      write('notice', code, id)
      const asked = byMessage.get(messageId ?? '')
      if (asked) asked.code = code
      const ending = ENDED_BY[code]
      if (ending) tales.get(id)?.ended.push({ atMs: now(), dueAtMs: Date.parse(date), ending })
    },
    /** Closes what was about events due before an instant long past; every one must have ended by now. */
    close: guarded((dueBeforeMs: number) => {
      for (const [id, tale] of tales)
        if (
          tale.asked.every(({ atMs, dueAtMs, newDueAtMs = atMs }) => Math.max(atMs, dueAtMs, newDueAtMs) < dueBeforeMs)
        )
          closeTale(id, tale)
      strikes.forget(dueBeforeMs)
    }),
    /** The account: `accepted` is the sum of the endings. */
    account: () => ({
      accepted: entries.size + Object.values(totals).reduce((sum, count) => sum + count),
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

/** A change whose answer waits for proof comes back when its message is handed out again. ms */
const PROVED_MS = 215_000

/** A notice, as far as the judge reads it. */
interface Told {
  code: string
  message_id?: string
  event: { id?: string; date?: string }
}

function endingOf({ delivered }: Entry, { ending }: Promised): Ending {
  return delivered.length > 0 ? 'delivered' : (ending ?? 'pending')
}

/** What was promised, held against what came of it in the end. */
function whyBroken({ id, dueAtMs, delivered }: Entry, promised: Promised | undefined): string | undefined {
  const due = `${id}, due ${new Date(dueAtMs).toISOString()},`
  if (!promised)
    return delivered.length > 0 ? `REFUSED: ${due} was delivered, though its client was told that it is not` : undefined
  const { ending, payload, unfit } = promised
  const other = delivered.find((one) => one !== payload)
  if (unfit) return `TAKEN: ${due} was there, and nobody refused ${unfit}`
  if (delivered.length > 0 && (ending === 'cancelled' || ending === 'moved'))
    return `NOT ${ending.toUpperCase()}: ${due} was delivered, and nobody said that it was too late`
  if (other !== undefined)
    return `STALE: ${due} was delivered as ${other.slice(0, 20)}, and asked for as ${payload?.slice(0, 20)}`
  if (delivered.length === 0 && !ending) return `LOST: ${due} has neither been delivered nor ended otherwise`
  return undefined
}

/** What was asked about one id, in a sentence. */
function toldOf({ asked }: Story): string {
  const told = asked.map(
    ({ action, atMs, dueAtMs, newDueAtMs, code = 'taken' }) =>
      `${action} ${iso(dueAtMs)}${newDueAtMs === undefined ? '' : ` to ${iso(newDueAtMs)}`} at ${iso(atMs)}: ${code}`,
  )
  return `Asked: ${told.join('; ')}`
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString().slice(11)
}
