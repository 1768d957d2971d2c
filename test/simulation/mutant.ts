import type { FaultName } from './faults.ts'

/** Code broken on purpose: `from` is replaced by `to` in `file`. The simulator must notice. */
export interface Mutant {
  name: string
  changes: { file: string; from: string; to: string }[]
  faults: FaultName[]
  seed: number
  /** The word with which the violation begins that it is to be caught for; any where absent. */
  verdict?: string
  /** Whether it is caught within seconds, and hunted in every test run. */
  quick?: boolean
}

export const one = (name: string, faults: FaultName[], file: string, from: string, to: string, seed = 1): Mutant => ({
  name,
  changes: [{ file, from, to }],
  faults,
  seed,
})
