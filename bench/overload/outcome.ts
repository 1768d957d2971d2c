import { type Quantiles, quantile, quantilesOf } from '../measure/quantiles.ts'
import { indexOf, planOf } from '../workload.ts'
import type { Driven } from './drive.ts'
import { type Phase, spanOf } from './phases.ts'

/** What came of one phase. */
export interface PhaseOutcome {
  label: string
  rate: number
  /** Events that arrived a second while its events fell due, whichever phase they were of. */
  goodput: number
  /** Of its own events, whenever they arrived. */
  lateness: Quantiles
  early: number
  lost: number
  doubled: number
  /** Resident memory at its peak, MB. */
  peakMb: number
}

/** A second of a run, by when events were due in it, and by when they arrived. */
export interface Second {
  /** Since the first was due. */
  second: number
  arrived: number
  /** Lateness of those that were due in it, ms; not a number where there are none. */
  p99: number
}

/** An event of a phase as it was received. */
interface Seen {
  dueAtMs: number
  atMs: number[]
}

export function outcomeOf({ phases, arrivals, residentMb }: Driven) {
  const seen = phases.map(seenOf(arrivals))
  const [startMs] = spanOf(phases[0] as Phase)
  const all = seen.flat()
  const arrivedAtMs = all.flatMap(({ atMs }) => atMs.slice(0, 1)).sort((a, b) => a - b)
  const mbAt = (fromMs: number, untilMs: number) =>
    Math.max(...residentMb.filter(({ atMs }) => atMs >= fromMs && atMs < untilMs).map(({ mb }) => mb))
  const outcomes = phases.map((phase, i): PhaseOutcome => {
    const [fromMs, untilMs] = spanOf(phase)
    const own = seen[i] as Seen[]
    return {
      label: phase.label,
      rate: phase.rate,
      goodput: countBetween(arrivedAtMs, fromMs, untilMs) / phase.seconds,
      lateness: quantilesOf(latenessOf(own)),
      early: own.filter(({ dueAtMs, atMs }) => (atMs[0] ?? dueAtMs) < dueAtMs).length,
      lost: own.filter(({ atMs }) => atMs.length === 0).length,
      doubled: own.filter(({ atMs }) => atMs.length > 1).length,
      peakMb: mbAt(fromMs, untilMs),
    }
  })
  const seconds = secondsOf(all, arrivedAtMs, startMs)
  return { phases: outcomes, seconds, idleMb: residentMb[0]?.mb ?? 0, endMb: residentMb.at(-1)?.mb ?? 0 }
}

export type Outcome = ReturnType<typeof outcomeOf>

/** As late as this nobody calls late, ms: what a phase without load may come to on a machine that others use too. */
const NORMAL_MS = 50

/**
 * How long after the load the p99 of what falls due is back at twice that of the first phase, for good; seconds, infinite if
 * it is not.
 * @param fromSecond when the load ended, in seconds since the first was due
 */
export function recoveredAfter({ phases, seconds }: Outcome, fromSecond: number): number {
  const normalMs = Math.max(NORMAL_MS, 2 * (phases[0]?.lateness.p99 ?? 0))
  const after = seconds.filter(({ second, p99 }) => second >= fromSecond && !Number.isNaN(p99))
  const last = after.findLastIndex(({ p99 }) => p99 > normalMs)
  if (after.length === 0 || last === after.length - 1) return Number.POSITIVE_INFINITY
  return last < 0 ? 0 : last + 1
}

/** The events of a phase; those that never arrived with no time. */
const seenOf =
  ({ ids, atMs }: Driven['arrivals']) =>
  ({ workload }: Phase): Seen[] => {
    const byIndex = new Map(planOf(workload).map(({ index, dueAtMs }) => [index, { dueAtMs, atMs: [] as number[] }]))
    ids.forEach((id, i) => {
      byIndex.get(indexOf(workload.seed, id) ?? -1)?.atMs.push(atMs[i] as number)
    })
    return [...byIndex.values()]
  }

/** Ascending, ms; what has not arrived is later than everything. */
const latenessOf = (events: readonly Seen[]) =>
  Float64Array.from(events, ({ dueAtMs, atMs }) => (atMs[0] ?? Number.POSITIVE_INFINITY) - dueAtMs).sort()

function secondsOf(all: readonly Seen[], arrivedAtMs: readonly number[], startMs: number): Second[] {
  const due = Map.groupBy(all, ({ dueAtMs }) => Math.floor((dueAtMs - startMs) / 1_000))
  const last = Math.floor(((arrivedAtMs.at(-1) ?? startMs) - startMs) / 1_000)
  const length = Math.max(last, ...due.keys()) + 1
  return Array.from({ length }, (_, second) => ({
    second,
    arrived: countBetween(arrivedAtMs, startMs + second * 1_000, startMs + (second + 1) * 1_000),
    p99: quantile(latenessOf(due.get(second) ?? []), 0.99),
  }))
}

/** How many of ascending instants are from one (inclusive) to another (exclusive). */
function countBetween(sorted: readonly number[], fromMs: number, untilMs: number): number {
  const below = (limit: number) => {
    let [low, high] = [0, sorted.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((sorted[middle] as number) < limit) low = middle + 1
      else high = middle
    }
    return low
  }
  return below(untilMs) - below(fromMs)
}
