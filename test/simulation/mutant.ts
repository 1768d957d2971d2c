import type { FaultName } from './faults.ts'

/** Code broken on purpose: `from` is replaced by `to` in `file`. The simulator must notice. */
export interface Mutant {
  name: string
  changes: { file: string; from: string; to: string }[]
  faults: FaultName[]
  seed: number
  /** Whether it is caught within seconds, and hunted in every test run. */
  quick?: boolean
}
