import { CLOCK_SKEW_MS, LONGEST_WRITE_MS } from '../../core/timetable.ts'
import { type ChangeUnderId, changeUnderId, ownIdPk } from './own-ids.ts'
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
  /** MessageId of the publish whose request holds it, however often that is delivered. */
  holder: string
  /** Tells one handling of that request from another: drawn for each. */
  handling: string
}

/** Who has an id for itself: of the requests that change what is there one at a time. */
export function leaseWrites(table: Table) {
  const update = ({ id }: Lease, purpose: string, change: ChangeUnderId) =>
    changeUnderId(table, `${purpose} the lease of id ${id}`, { pk: ownIdPk(id), sk: 'lease' }, change)
  return {
    /**
     * Takes the lease of an id for `LEASE_MS`. A request that holds it already takes it again: then it is that handling's.
     * @returns whether nobody else holds it
     */
    takeLease(lease: Lease): Promise<boolean> {
      const nowMs = table.clock.now()
      return update(lease, 'take', {
        UpdateExpression: 'SET #holder = :holder, #handling = :handling, #untilMs = :untilMs, #expiresAt = :ttl',
        ConditionExpression: 'attribute_not_exists(#untilMs) OR #untilMs < :nowMs OR #holder = :holder',
        values: {
          ':holder': lease.holder,
          ':handling': lease.handling,
          ':nowMs': nowMs,
          ':untilMs': nowMs + LEASE_MS,
          ':ttl': expiresAt(0, table),
        },
      })
    },

    /** Gives a lease back, if it is still that handling's. */
    async giveLeaseBack(lease: Lease): Promise<void> {
      await update(lease, 'give back', {
        UpdateExpression: 'SET #untilMs = :over',
        ConditionExpression: '#handling = :handling',
        values: { ':handling': lease.handling, ':over': 0 },
      })
    },
  }
}
