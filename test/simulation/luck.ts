import type { Random } from '../../core/clock.ts'
import type { FaultName } from './faults.ts'
import type { Strikes, Way } from './strikes.ts'

/** The faults of a run, and its luck. */
export interface Faults {
  enabled: ReadonlySet<FaultName>
  random: Random
  /** Whether the fault strikes this time. */
  strikes(fault: FaultName, probability: number): boolean
  /** Notes for the judge that the fault strikes here and now, for `lengthMs`. */
  struck(fault: FaultName, way: Way, lengthMs?: number): void
  /** Notes that what struck on the way since `sinceMs` holds it up for `lengthMs` more. */
  prolong(way: Way, sinceMs: number, lengthMs: number): void
  /** A number of ms between two bounds. */
  between(lowMs: number, highMs: number): number
}

export function faultsOf(enabled: ReadonlySet<FaultName>, random: Random, strikes: Strikes): Faults {
  return {
    enabled,
    random,
    // The dice are thrown whether or not the fault is enabled, so that taking one out disturbs the others little.
    strikes: (fault, probability) => random() < probability && enabled.has(fault),
    struck: strikes.add,
    prolong: strikes.prolong,
    between: (lowMs, highMs) => Math.round(lowMs + random() * (highMs - lowMs)),
  }
}
