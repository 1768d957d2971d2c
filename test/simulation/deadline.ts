import { minuteOf } from '../../core/slot.ts'
import { FAR_MS, FIRST_RETRY_MS, LONGEST_RETRY_MS, PUBLISH_TIMEOUT_MS, TRIES_IN_MEMORY } from '../../core/timetable.ts'
import { FAULTS, type FaultName, LOADED_MS, SETTLED_MS } from './faults.ts'
import type { Passed, Strike, Strikes } from './strikes.ts'

/** How late an event is delivered that nothing has struck, ms: a batch at a time where many are due at once. */
export const ON_TIME_MS = 250

/** An event is taken in, and would be delivered, this long after it was asked for, ms: cold starts and some writes. */
export const TAKEN_IN_MS = 3_000

/** The pauses between the tries of one attempt are shorter than this, ms. */
const TRIED_AGAIN_MS = 2_500

/** A delay is at most so many times what it is without its jitter of 25 %. */
const MOST_JITTER = 1.25

/** A try to publish an event that was not taken. */
export interface Try {
  atMs: number
  /** When it was given up; infinite if nobody was left to do so. */
  endedAtMs: number
  key: string
  attempt: number
}

/** What is known of an event that has just been delivered. */
export interface Delivered extends Passed {
  dueAtMs: number
  askedAtMs: number
  /** When the segment in which it is due is over, epoch ms; undefined if its minute is not known to be cut. */
  segmentOverAtMs?: number | undefined
  /** Tries before. */
  tries: readonly Try[]
  /** When it was parked again without a try. */
  postponedAtMs: readonly number[]
}

/** From then on an event that nothing has struck is on its way out, epoch ms. */
export function readyMs({ dueAtMs, askedAtMs }: Delivered): number {
  return Math.max(dueAtMs, askedAtMs + TAKEN_IN_MS)
}

export interface Deadline {
  byMs: number
  /** The last fault that moved it. */
  because?: FaultName | undefined
}

/** What moves a deadline that has not passed at `fromMs`, to `toMs` if that is later. */
interface Move {
  fromMs: number
  untilMs: number
  toMs: number
  because: FaultName
}

/**
 * When an event must have gone out. What strikes it before then moves that on: to when the strike is over, and as long
 * after it as the fault may take.
 */
export function deadlineOf(strikes: Strikes, event: Delivered): Deadline {
  const onTheWayOut = strikes.onTheWayOut(event)
  const standing = onTheWayOut.filter(isStanding)
  const inTime = ON_TIME_MS + standing.reduce((sum, { fault }) => sum + (FAULTS[fault].deliveredMs ?? 0), 0)
  const takenIn = movedOn(
    { byMs: event.askedAtMs + TAKEN_IN_MS },
    strikes.onTheWayIn(event.id).flatMap((strike) => moveOf(strike, FAULTS[strike.fault].takenInMs)),
    event.askedAtMs,
  )
  const ready = takenIn.byMs > event.dueAtMs ? leftToSettler(takenIn, event) : { byMs: event.dueAtMs }
  const moves = [
    ...onTheWayOut.flatMap((strike) => moveOf(strike, FAULTS[strike.fault].deliveredMs, inTime)),
    ...strikes.onTheLoader().flatMap((strike) => moveOf(strike, LOADED_MS, inTime)),
    ...event.tries.flatMap((_, i) => moveOfTry(event.tries.slice(0, i + 1), onTheWayOut)),
    ...event.postponedAtMs.flatMap((atMs) =>
      moveOfPostponing(atMs, Math.max(event.dueAtMs, event.askedAtMs), onTheWayOut),
    ),
  ]
  const start = { because: standing[0]?.fault, ...ready, byMs: ready.byMs + inTime }
  const deadline = movedOn(start, moves, event.dueAtMs - FAR_MS)
  return deadline.byMs > readyMs(event) + inTime ? whenSettlerLooks(deadline, event, strikes) : deadline
}

/** What has struck an event may leave it to its settler; what has struck that, too, keeps it from looking for a while. */
function whenSettlerLooks(deadline: Deadline, event: Delivered, strikes: Strikes): Deadline {
  const looks = strikes.onItsSettlers(event).flatMap(({ fault, fromMs, untilMs }) => {
    const { deliveredMs = 0 } = FAULTS[fault]
    const isHeldUp = fromMs <= deadline.byMs && untilMs + deliveredMs >= event.dueAtMs
    return isHeldUp ? [{ byMs: deadline.byMs + deliveredMs, because: fault }] : []
  })
  return looks.at(-1) ?? deadline
}

/** What is written so slowly that its minute is over by then, or its segment, its settler delivers. */
function leftToSettler({ byMs, because }: Deadline, event: Delivered): Deadline {
  const { dueAtMs, askedAtMs, segmentOverAtMs = Infinity } = event
  const isOver = because && (byMs > segmentOverAtMs || minuteOf(byMs) > minuteOf(Math.max(dueAtMs, askedAtMs)))
  return { byMs: isOver ? byMs + SETTLED_MS : byMs, because }
}

/** The deadline after all moves that matter: those not over before `sinceMs`, and begun before what they move. */
function movedOn(deadline: Deadline, moves: Move[], sinceMs: number): Deadline {
  let { byMs, because } = deadline
  for (const move of moves.sort((a, b) => a.fromMs - b.fromMs)) {
    if (move.untilMs < sinceMs || move.fromMs > byMs || move.toMs <= byMs) continue
    byMs = move.toMs
    because = move.because
  }
  return { byMs, because }
}

function moveOf(strike: Strike, withinMs: number | undefined, inTime = 0): Move[] {
  if (withinMs === undefined || isStanding(strike)) return []
  const { fault, fromMs, untilMs } = strike
  return [{ fromMs, untilMs, toMs: untilMs + withinMs + inTime, because: fault }]
}

/** The last of some tries has failed because of what struck it; its next one has its time. */
function moveOfTry(tries: readonly Try[], strikes: readonly Strike[]): Move[] {
  const { atMs, endedAtMs, key, attempt } = tries.at(-1) as Try
  const failedAtMs = Math.min(endedAtMs, atMs + PUBLISH_TIMEOUT_MS)
  const strike = strikes.find((one) => one.fromMs <= failedAtMs && one.untilMs >= atMs && !isStanding(one))
  if (!strike) return []
  const isLast = tries.filter((one) => one.key === key).length >= TRIES_IN_MEMORY
  const retryMs = isLast ? MOST_JITTER * Math.min(FIRST_RETRY_MS * 2 ** (attempt - 1), LONGEST_RETRY_MS) : 0
  return [{ fromMs: atMs, untilMs: atMs, toMs: failedAtMs + TRIED_AGAIN_MS + retryMs, because: strike.fault }]
}

/** Its target was behind, because of what struck that: it goes on after as long again as it was overdue. */
function moveOfPostponing(atMs: number, sinceMs: number, strikes: readonly Strike[]): Move[] {
  const isBehind = ({ fault, fromMs, untilMs }: Strike) => {
    const { postpones, deliveredMs = 0 } = FAULTS[fault]
    return postpones && fromMs <= atMs && untilMs + deliveredMs >= atMs
  }
  const strike = strikes.find(isBehind)
  if (!strike) return []
  const againMs = MOST_JITTER * Math.min(Math.max(atMs - sinceMs, FIRST_RETRY_MS), LONGEST_RETRY_MS)
  return [{ fromMs: atMs, untilMs: atMs, toMs: atMs + againMs + ON_TIME_MS, because: strike.fault }]
}

/** Whether it holds for the whole run, and delays everything. */
function isStanding({ untilMs }: Strike): boolean {
  return untilMs === Number.POSITIVE_INFINITY
}
