import { SchedulerError } from '../core/errors.ts'
import type { Client } from './client.ts'
import type { ClientParts } from './parts.ts'

const later = (): never => {
  throw new SchedulerError('INPUT_INVALID', 'Not there yet.')
}

/** The half of a client that looks. */
export function reading(_: ClientParts): Pick<Client, 'get' | 'list' | 'next' | 'stats' | 'redrive' | 'redriveAll'> {
  return { get: later, list: later, next: later, stats: later, redrive: later, redriveAll: later }
}
