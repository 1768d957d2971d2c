import type { PlannedEvent } from '../workload.ts'
import type { Emission } from './batching-sender.ts'

/** How the publisher's process hands events to a system. */
export interface Intake {
  /** Resolves when the system has acknowledged all of them. */
  schedule(events: readonly PlannedEvent[]): Promise<void>
  /** What it delivered itself, in this process. */
  emissions?(): Emission[]
  close(): unknown
}
