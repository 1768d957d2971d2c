import { CHECKPOINT_MS } from '../../core/timetable.ts'
import { type Delivered, deadlineOf, ON_TIME_MS, readyMs, type Try } from './deadline.ts'
import { FAULTS, type FaultName, KNOWN_FAULTS } from './faults.ts'
import type { Passed, Strike, Strikes } from './strikes.ts'

/** What was published is recorded within this: a checkpoint each second, and its write. */
const RECORDED_MS = CHECKPOINT_MS + 500

/** Most strikes that a sentence names. */
const MOST_TOLD = 6

/** A delivery before the one that doubled it. */
export interface Before {
  atMs: number
  /** Tries to publish it, up to now. */
  tries: readonly Try[]
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
    KNOWN_FAULTS.map((name) => [name, { doubled: 0, late: 0, worstMs: 0 }]),
  )
  const of = (fault: FaultName) => excused.get(fault) as Omit<Excused, 'strikes'>
  return {
    /** @returns by how much the event is later than what struck it explains, ms; not above zero if it is not */
    late(event: Delivered, nowMs: number): number {
      if (nowMs - readyMs(event) <= ON_TIME_MS) return 0
      const { byMs, because } = deadlineOf(strikes, event)
      if (because && nowMs <= byMs) {
        const account = of(because)
        account.late++
        account.worstMs = Math.max(account.worstMs, nowMs - Math.max(event.dueAtMs, event.askedAtMs))
      }
      return nowMs - byMs
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
    /** Whether a fault explains that a delivery has not been recorded until now. */
    unrecorded: (event: Passed, before: Before, nowMs: number): boolean =>
      before.recordedAtMs === undefined && mayHaveDoubled(strikes.onTheWayOut(event), before, nowMs).length > 0,
    /** What struck an event, in a sentence. */
    told(event: Passed): string {
      const struck = new Set([...strikes.onTheWayIn(event.id), ...strikes.onTheWayOut(event)])
      const names = [...struck]
        .sort((a, b) => a.fromMs - b.fromMs)
        .map(({ fault, fromMs }) => `${fault} at ${new Date(fromMs).toISOString().slice(11)}`)
      return `Struck by ${names.slice(-MOST_TOLD).join(', ') || 'nothing'}`
    },
    /** What each fault that struck has excused. */
    account: (): Map<FaultName, Excused> =>
      new Map([...strikes.counts()].map(([fault, count]) => [fault, { strikes: count, ...of(fault) }])),
  }
}

export type Excuses = ReturnType<typeof openExcuses>

/** Those strikes between two deliveries of an event for which it may not have been recorded that the first was made. */
function mayHaveDoubled(strikes: readonly Strike[], before: Before, nowMs: number): Strike[] {
  const { atMs, tries, recordedAtMs = Number.POSITIVE_INFINITY } = before
  const holdingUp = strikes.filter(holdsUp).reverse()
  return strikes.filter((strike) => {
    const { doubles, doublesUnderWay, doublesLongerThanMs } = FAULTS[strike.fault]
    if (doubles === 0 || strike.fromMs > nowMs || recordedAtMs < strike.fromMs) return false
    if (doublesLongerThanMs !== undefined)
      return tries.some((one) => one.endedAtMs >= strike.fromMs && one.endedAtMs - one.atMs > doublesLongerThanMs)
    if (!doublesUnderWay) return strike.untilMs >= atMs && atMs >= unrecordedFromMs(strike, holdingUp)
    const fromMs = unrecordedFromMs(strike, holdingUp)
    return tries.some((one) => one.endedAtMs >= fromMs && one.atMs <= strike.fromMs)
  })
}

/** Of those that strike a delivery these hold up its writes, too. */
const holdsUp = ({ fault }: Strike) => FAULTS[fault].takenInMs !== undefined

/**
 * What was published before has been recorded when a fault strikes, unless what struck before held that up.
 * @param holdingUp what did, the last first
 */
function unrecordedFromMs(strike: Strike, holdingUp: readonly Strike[]): number {
  let fromMs = strike.fromMs - RECORDED_MS
  for (const earlier of holdingUp)
    if (earlier.fromMs <= strike.fromMs && earlier.untilMs >= fromMs)
      fromMs = Math.min(fromMs, earlier.fromMs - RECORDED_MS)
  return fromMs
}
