import type { ScheduledEvent } from '../../core/event.ts'
import { anEvent, MINUTE_MS } from './builders.ts'

/** When the events of these tests arrive, epoch ms: in the midst of a minute. */
export const NOW_MS = MINUTE_MS + 10_000

/** An event that arrives at `NOW_MS` and is due `inMs` later, in the lane that fits. */
export function arriving(inMs: number, fields: Partial<ScheduledEvent> = {}): ScheduledEvent {
  return anEvent({ dueAtMs: NOW_MS + inMs, parkedAtMs: NOW_MS, ...fields })
}
