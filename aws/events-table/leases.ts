import type { Refused } from '../../core/refusal.ts'
import { CLOCK_SKEW_MS, LONGEST_WRITE_MS } from '../../core/timetable.ts'
import { leaseItem } from './items.ts'
import { type ChangeUnderId, changeUnderId, ownIdPk } from './own-ids.ts'
import { readItem } from './reading.ts'
import { expiresAt } from './retention.ts'
import type { Table } from './table.ts'

/**
 * How long a request has an id for itself, from when it takes its lease, ms: whoever holds it is a validator whose time is
 * over by then, whatever it waits for, and by whatever clock.
 */
export const LEASE_MS = LONGEST_WRITE_MS + CLOCK_SKEW_MS

/** A lease of an id. */
export interface Lease {
  id: string
  /** Tells one handling of a request from another, that of the same message too: drawn for each. */
  handling: string
}

/** Who has an id for itself: of the requests that change what is there one at a time. */
export function leaseWrites(table: Table) {
  const update = ({ id }: Lease, purpose: string, change: ChangeUnderId) =>
    changeUnderId(table, `${purpose} the lease of id ${id}`, { pk: ownIdPk(id), sk: 'lease' }, change)
  return {
    /**
     * Takes the lease of an id for `LEASE_MS`. Harmless to repeat.
     * @returns which requests about the id were refused lately; undefined if another handling holds it
     */
    async takeLease({ id, handling }: Lease): Promise<readonly Refused[] | undefined> {
      const nowMs = table.clock.now()
      const item = await update({ id, handling }, 'take', {
        UpdateExpression: 'SET #handling = :handling, #untilMs = :untilMs, #expiresAt = :ttl',
        ConditionExpression: 'attribute_not_exists(#untilMs) OR #untilMs < :nowMs OR #handling = :handling',
        values: {
          ':handling': handling,
          ':nowMs': nowMs,
          ':untilMs': nowMs + LEASE_MS,
          ':ttl': expiresAt(0, table),
        },
      })
      return item && readItem(leaseItem, item).refused
    },

    /**
     * Gives a lease back, if it is still that handling's. Harmless to repeat.
     * @param refused which requests about the id were refused lately, if one more was
     * @returns whether it was that handling's
     */
    async giveLeaseBack(lease: Lease, refused?: readonly Refused[]): Promise<boolean> {
      const item = await update(lease, 'give back', {
        UpdateExpression: refused ? 'SET #untilMs = :over, #refused = :refused' : 'SET #untilMs = :over',
        ConditionExpression: '#handling = :handling',
        values: { ':handling': lease.handling, ':over': 0, ...(refused && { ':refused': refused }) },
      })
      return item !== undefined
    },
  }
}
