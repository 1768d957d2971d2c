import type { Arrivals } from '../processes/receiver.ts'
import { countedFrom, endOf, indexOf, planOf, type Workload } from '../workload.ts'
import { type Quantiles, quantilesOf } from './quantiles.ts'

/** What became of the counted events of a workload, as the receiver saw it. */
export interface Account {
  counted: number
  /** Arrived before they were due. */
  early: number
  /** Never arrived. */
  lost: number
  /** Arrived more than once. */
  doubled: number
  lateness: Quantiles
  /** Lateness of each, ms, ascending. */
  sorted: number[]
  /** From the first due to the last arrival, ms. */
  drainMs: number
}

/** @param only the events to look at, by target; all where nothing is said */
export function accountOf(workload: Workload, { ids, atMs }: Arrivals, only?: (target: string) => boolean): Account {
  const plan = planOf(workload).filter(({ counted, target }) => counted && (only?.(target) ?? true))
  const dueAtMs = new Map(plan.map((event) => [event.index, event.dueAtMs]))
  const seen = new Map<number, number>()
  const sorted: number[] = []
  let early = 0
  let lastAtMs = 0
  ids.forEach((id, i) => {
    const index = indexOf(workload.seed, id) ?? -1
    const due = dueAtMs.get(index)
    if (due === undefined) return
    const times = seen.get(index) ?? 0
    seen.set(index, times + 1)
    if (times > 0) return
    const at = atMs[i] as number
    if (at < due) early++
    sorted.push(at - due)
    lastAtMs = Math.max(lastAtMs, at)
  })
  sorted.sort((a, b) => a - b)
  const doubled = [...seen.values()].filter((times) => times > 1).length
  const firstDueMs = plan.reduce((first, event) => Math.min(first, event.dueAtMs), Number.POSITIVE_INFINITY)
  const lost = plan.length - seen.size
  return {
    counted: plan.length,
    early,
    lost,
    doubled,
    lateness: quantilesOf(sorted),
    sorted,
    drainMs: lastAtMs - firstDueMs,
  }
}

/**
 * Lateness that a system itself noted, of counted events.
 * @param dueAtMs of each, at the same index
 */
export function emitterLateness(workload: Workload, dueAtMs: readonly number[], lateMs: readonly number[]): Quantiles {
  const [fromMs, untilMs] = [countedFrom(workload), endOf(workload)]
  const noted = lateMs.filter((_, i) => (dueAtMs[i] ?? 0) >= fromMs && (dueAtMs[i] ?? 0) < untilMs)
  return quantilesOf(noted.sort((a, b) => a - b))
}
