import { partitionCapacity, UNITS_PER_SECOND } from '../memory/dynamodb/capacity.ts'
import { type Access, type Capacity, UNLIMITED } from '../memory/dynamodb/store.ts'
import type { Region } from './region.ts'
import type { Way } from './strikes.ts'

const SECOND_MS = 1_000

/** So many times less than a partition of DynamoDB carries one here: the bursts of simulated clients are small. */
const SCALE = 4

/** How long reading takes by volume, ms a MB; a unit of capacity reads 4 KB. */
const READ_MS_PER_MB = 10
const READ_UNITS_PER_MB = 256

/** Chance that a batch is done in part, and how much of it is left over then. */
const LEFTOVERS = 1 / 50
const LEFT = 0.3

/** What partitions can carry, request by request. */
export function startCapacity({ time, faults }: Region) {
  const { read, write } = UNITS_PER_SECOND
  const scaled = { read: read / SCALE, write: write / SCALE }
  const partitions = faults.enabled.has('hotPartition') ? partitionCapacity(time, scaled) : UNLIMITED
  let now: Request | undefined
  let inPart = false
  let unitsRead = 0
  const carries = (partition: string, access: Access) => {
    const carried = partitions.admits(partition, access)
    if (!carried) faults.struck('hotPartition', now?.way ?? [], SECOND_MS)
    return carried
  }
  const capacity: Capacity = {
    admits: (partition, access) => !(inPart && faults.random() < LEFT) && carries(partition, access),
    consume(partition, access, units) {
      partitions.consume(partition, access, units)
      if (access === 'read') unitsRead += units
    },
  }
  return {
    capacity,
    /** Carries out one request. @returns its answer, and how long it takes to read so much, ms */
    async measured<T>(request: Request, carryOut: () => Promise<T>) {
      now = request
      inPart = request.isBatch && faults.strikes('leftovers', LEFTOVERS)
      if (inPart) faults.struck('leftovers', request.way)
      unitsRead = 0
      // The memory does its work at once: nobody else is at it before the answer is waited for.
      const answer = carryOut()
      const readingMs = Math.floor((unitsRead * READ_MS_PER_MB) / READ_UNITS_PER_MB)
      inPart = false
      return { answer: await answer, readingMs }
    },
  }
}

interface Request {
  isBatch: boolean
  /** What it is made for. */
  way: Way
}
