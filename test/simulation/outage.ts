import { OUTAGE_DAYS } from '../../core/timetable.ts'
import type { Faults } from './luck.ts'
import { EVERYWHERE } from './strikes.ts'
import type { VirtualTime } from './virtual-time.ts'

const DAY_MS = 24 * 3_600_000

/** It lasts for days, up to as many as are promised to lose nothing. */
const LENGTH_MS = { least: DAY_MS, most: OUTAGE_DAYS * DAY_MS }

/** It begins within the last part of a run, so that what comes before is not excused by it. */
const LAST_PART = 0.3

/** What does not run during the outage: the minutely schedule alone, no function, or nothing in the Region. */
const KINDS = ['schedule', 'functions', 'region'] as const
type Kind = (typeof KINDS)[number]

/** One outage of days, at the end of a run. */
export interface Outage {
  fromMs: number
  untilMs: number
  kind: Kind
  /** Whether so much of the stack stands still now. */
  holds(kind: Kind): boolean
}

/** The outage of a run whose clients are there from now until `lastMs`; none where it is no fault of the run. */
export function planOutage(time: VirtualTime, faults: Faults, lastMs: number): Outage | undefined {
  if (!faults.enabled.has('longOutage')) return undefined
  const fromMs = faults.between(lastMs - LAST_PART * (lastMs - time.now()), lastMs)
  const untilMs = fromMs + faults.between(LENGTH_MS.least, LENGTH_MS.most)
  const kind = KINDS[Math.floor(faults.random() * KINDS.length)] as Kind
  time.at(fromMs, () => faults.struck('longOutage', EVERYWHERE, untilMs - fromMs))
  return {
    fromMs,
    untilMs,
    kind,
    holds: (asked) => asked === kind && time.now() >= fromMs && time.now() < untilMs,
  }
}
