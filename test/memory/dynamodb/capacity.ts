import type { Clock } from '../../../core/clock.ts'
import type { Access, Capacity } from './store.ts'

/** What one partition carries, units a second. Source: DynamoDB developer guide, partition throughput limits. */
export const UNITS_PER_SECOND = { read: 3_000, write: 1_000 }

interface Bucket {
  units: number
  filledAtMs: number
}

/**
 * Partitions that carry only so much: a request is admitted while its partition has anything left, then pays in full.
 * What was not used a second ago is not kept, unlike with DynamoDB, which promises no burst.
 */
export function partitionCapacity({ now }: Pick<Clock, 'now'>, unitsPerSecond = UNITS_PER_SECOND): Capacity {
  const buckets = new Map<string, Bucket>()
  const bucketOf = (partition: string, access: Access): Bucket => {
    const most = unitsPerSecond[access]
    const name = `${access} ${partition}`
    const bucket = buckets.get(name) ?? { units: most, filledAtMs: now() }
    buckets.set(name, bucket)
    bucket.units = Math.min(most, bucket.units + ((now() - bucket.filledAtMs) * most) / 1_000)
    bucket.filledAtMs = now()
    return bucket
  }
  return {
    admits: (partition, access) => bucketOf(partition, access).units > 0,
    consume(partition, access, units) {
      bucketOf(partition, access).units -= units
    },
  }
}
