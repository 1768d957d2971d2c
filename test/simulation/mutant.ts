import type { IndexKind } from '../../core/index-kind.ts'
import type { FaultName } from './faults.ts'

/** What the judge, or the look at a run's slots, calls a promise that was broken. */
export type Verdict =
  | 'EARLY'
  | 'MISPLACED'
  | 'LATE'
  | 'LOST'
  | 'DOUBLED'
  | 'CANCELLED EVENT'
  | 'NOT CANCELLED'
  | 'NOT MOVED'
  | 'NOT REPLACED'
  | 'REFUSED EVENT'
  | 'BOTH'
  | 'SILENT'
  | 'WRONGLY TOLD'
  | 'EXPIRED EVENT'
  | 'UNSETTLED'
  | 'UNEVEN'
  | 'TOLD'

/** Code broken on purpose: `from` is replaced by `to` in `file`. The simulator must notice. */
export interface Mutant {
  /** Completes “code that …”. */
  name: string
  changes: { file: string; from: string; to: string }[]
  /** The promise that it breaks: a mutant that is noticed for another reason is not caught. */
  verdict: Verdict
  /** The few faults that make it dangerous. */
  faults: FaultName[]
  /**
   * The first seed that is tried.
   *
   * @default 1
   */
  seed?: number
  /**
   * Simulated hours of a run.
   *
   * @default 1
   */
  hours?: number
  /**
   * Events a second. With few of them a slot has nobody to see to it but the loader.
   *
   * @default 5
   */
  rate?: number
  /**
   * Which ids the stack indexes.
   *
   * @default own
   */
  index?: IndexKind
  /** Whether it is caught within seconds, and hunted in every test run. */
  quick?: boolean
}

/** A mutant with one change. */
export function mutant(
  name: string,
  { file, from, to, ...hunted }: Mutant['changes'][number] & Omit<Mutant, 'name' | 'changes'>,
): Mutant {
  return { name, changes: [{ file, from, to }], ...hunted }
}
