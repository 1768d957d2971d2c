import {
  CHECKPOINT_MS,
  FAR_MS,
  FIRST_RETRY_MS,
  LONGEST_RETRY_MS,
  PUBLISH_TIMEOUT_MS,
  TRIES_IN_MEMORY,
} from '../../core/timetable.ts'
import { FAULT_NAMES, FAULTS, type FaultName } from './faults.ts'
import type { Passed, Strike, Strikes } from './strikes.ts'

/** How late an event is delivered that nothing has struck, ms: a batch at a time where many are due at once. */
export const ON_TIME_MS = 250

/** An event is taken in, and would be delivered, this long after it was asked for, ms: cold starts and some writes. */
export const TAKEN_IN_MS = 3_000

/** What was published is recorded within this: a checkpoint each second, and its write. */
const RECORDED_MS = CHECKPOINT_MS + 500

/** The pauses between the tries of one attempt are shorter than this, ms. */
const TRIED_AGAIN_MS = 2_500

/** Most strikes that a sentence names. */
const MOST_TOLD = 6

/** A try to publish an event that was not taken. */
export interface Try {
  atMs: number
  attempt: number
}

/** What is known of an event that has just been delivered. */
export interface Delivered extends Passed {
  dueAtMs: number
  askedAtMs: number
  /** Tries before. */
  tries: readonly Try[]
}

/** A delivery before the one that doubled it. */
export interface Before {
  atMs: number
  /** When a checkpoint was written that names it. */
  recordedAtMs?: number | undefined
}

/** What one fault has excused. */
export interface Excused {
  strikes: number
  doubled: number
  late: number
  /** How late the latest was, ms. */
  worstMs: number
}

/** Finds what excuses an event that is late or doubled, and keeps account of it. */
export function openExcuses(strikes: Strikes) {
  const excused = new Map<FaultName, Omit<Excused, 'strikes'>>(
    FAULT_NAMES.map((name) => [name, { doubled: 0, late: 0, worstMs: 0 }]),
  )
  const of = (fault: FaultName) => excused.get(fault) as Omit<Excused, 'strikes'>
  return {
    /** @returns the instant by which the event had to go out, for all that struck it */
    late(event: Delivered, nowMs: number): number {
      const { byMs, because } = deadlineOf(strikes, event)
      const lateMs = nowMs - readyMs(event)
      if (because && nowMs <= byMs && lateMs > ON_TIME_MS) {
        const account = of(because)
        account.late++
        account.worstMs = Math.max(account.worstMs, lateMs)
      }
      return byMs
    },
    /** @returns what excuses that the event goes out once more, if anything does */
    double(event: Passed, before: Before, nowMs: number): Strike | undefined {
      const found = mayHaveDoubled(strikes.onTheWayOut(event), before, nowMs)
      const strike = found.find(({ fault, doubled }) => doubled < FAULTS[fault].doubles) ?? found[0]
      if (!strike) return undefined
      strike.doubled++
      of(strike.fault).doubled++
      return strike
    },
    /** What struck an event, in a sentence. */
    told(event: Passed): string {
      const struck = [...new Set([...strikes.onTheWayIn(event.event), ...strikes.onTheWayOut(event)])]
      const names = struck.map(({ fault, fromMs }) => `${fault} at ${new Date(fromMs).toISOString().slice(11)}`)
      return `Struck by ${names.slice(-MOST_TOLD).join(', ') || 'nothing'}`
    },
    /** What each fault that struck has excused. */
    account: (): Map<FaultName, Excused> =>
      new Map([...strikes.counts()].map(([fault, count]) => [fault, { strikes: count, ...of(fault) }])),
  }
}

export type Excuses = ReturnType<typeof openExcuses>

/** From then on an event that nothing has struck is on its way out, epoch ms. */
function readyMs({ dueAtMs, askedAtMs }: Delivered): number {
  return Math.max(dueAtMs, askedAtMs + TAKEN_IN_MS)
}

interface Deadline {
  byMs: number
  /** The last fault that moved it. */
  because?: FaultName | undefined
}

/** What moves a deadline that has not passed at `fromMs`, to `toMs` if that is later. */
interface Move {
  fromMs: number
  toMs: number
  because: FaultName
}

/**
 * When an event must have gone out. What strikes it before then moves that on: to when the strike is over, and as long
 * after it as the fault may take.
 */
function deadlineOf(strikes: Strikes, event: Delivered): Deadline {
  const onTheWayOut = strikes.onTheWayOut(event)
  const inTime = ON_TIME_MS + standingMs(onTheWayOut)
  const takenIn = movedOn(
    { byMs: event.askedAtMs + TAKEN_IN_MS },
    strikes
      .onTheWayIn(event.event)
      .filter(({ untilMs }) => untilMs >= event.askedAtMs)
      .flatMap((strike) => moveOf(strike, FAULTS[strike.fault].takenInMs)),
  )
  const ready = takenIn.byMs > event.dueAtMs ? takenIn : { byMs: event.dueAtMs }
  const moves = [
    ...onTheWayOut
      .filter(({ untilMs }) => untilMs >= event.dueAtMs - FAR_MS)
      .flatMap((strike) => moveOf(strike, FAULTS[strike.fault].deliveredMs, inTime)),
    ...event.tries.flatMap((_, i) => moveOfTry(event.tries.slice(0, i + 1), onTheWayOut)),
  ]
  return movedOn({ ...ready, byMs: ready.byMs + inTime }, moves)
}

function movedOn(deadline: Deadline, moves: Move[]): Deadline {
  let { byMs, because } = deadline
  for (const move of moves.sort((a, b) => a.fromMs - b.fromMs)) {
    if (move.fromMs > byMs || move.toMs <= byMs) continue
    byMs = move.toMs
    because = move.because
  }
  return { byMs, because }
}

function moveOf({ fault, fromMs, untilMs }: Strike, withinMs: number | undefined, inTime = 0): Move[] {
  if (withinMs === undefined || untilMs === Number.POSITIVE_INFINITY) return []
  return [{ fromMs, toMs: untilMs + withinMs + inTime, because: fault }]
}

/** The last of some tries has failed because of what struck it; its next one has its time. */
function moveOfTry(tries: readonly Try[], strikes: readonly Strike[]): Move[] {
  const { atMs, attempt } = tries.at(-1) as Try
  const strike = strikes.find(({ fromMs, untilMs }) => fromMs <= atMs + PUBLISH_TIMEOUT_MS && untilMs >= atMs)
  if (!strike) return []
  const isLast = tries.filter((one) => one.attempt === attempt).length >= TRIES_IN_MEMORY
  const retryMs = isLast ? 1.25 * Math.min(FIRST_RETRY_MS * 2 ** (attempt - 1), LONGEST_RETRY_MS) : 0
  return [{ fromMs: atMs, toMs: atMs + TRIED_AGAIN_MS + retryMs, because: strike.fault }]
}

/** What holds for the whole run delays everything. */
function standingMs(strikes: readonly Strike[]): number {
  const standing = strikes.filter(({ untilMs }) => untilMs === Number.POSITIVE_INFINITY)
  return standing.reduce((sum, { fault }) => sum + (FAULTS[fault].deliveredMs ?? 0), 0)
}

/** Those strikes between two deliveries of an event for which it may not have been recorded that the first was made. */
function mayHaveDoubled(strikes: readonly Strike[], before: Before, nowMs: number): Strike[] {
  const { atMs, recordedAtMs = Number.POSITIVE_INFINITY } = before
  return strikes.filter((strike) => {
    const { doubles, doublesWithinMs } = FAULTS[strike.fault]
    const between = strike.fromMs <= nowMs && strike.untilMs + doublesWithinMs >= atMs
    return doubles > 0 && between && recordedAtMs >= strike.fromMs && atMs >= unrecordedFromMs(strike, strikes)
  })
}

/** What was published before has been recorded when a fault strikes, unless what struck before held that up. */
function unrecordedFromMs(strike: Strike, strikes: readonly Strike[]): number {
  let fromMs = strike.fromMs - RECORDED_MS
  const holdsUp = ({ fault }: Strike) => FAULTS[fault].takenInMs !== undefined
  for (const earlier of strikes.filter(holdsUp).reverse())
    if (earlier.fromMs <= strike.fromMs && earlier.untilMs >= fromMs)
      fromMs = Math.min(fromMs, earlier.fromMs - RECORDED_MS)
  return fromMs
}
