import type { RejectionCode } from '../../core/errors.ts'
import type { ScheduledEvent } from '../../core/event.ts'

/** Why a request about an event cannot be carried out. */
export interface Refusal {
  code: RejectionCode
  error: string
}

/** The event is there, and would deliver something else. */
export function whyTaken({ id, date }: Pick<ScheduledEvent, 'id' | 'date'>): Refusal {
  return {
    code: 'EVENT_EXISTS',
    error: `Another event ${id} is scheduled for ${date}, with other fields. Reschedule or cancel that one, or use another id.`,
  }
}
