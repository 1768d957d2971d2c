import * as z from 'zod'
import { segmentSchema } from '../../core/segment.ts'
import { READ_AHEAD_MS } from '../../core/timetable.ts'
import { DELIVERING, delivering } from '../delivery/delivering.ts'
import { readInput } from '../input.ts'
import { lambda } from '../lambda.ts'
import { type World, worldOnAws } from '../world.ts'
import { deliverExpressWith } from './deliver-express.ts'
import { deliverSegmentWith } from './deliver-segment.ts'

const inputSchema = z.union([
  z.object({ slot: z.string(), segment: segmentSchema }),
  z.object({ execution: z.string(), events: z.array(z.object({ slot: z.string(), key: z.string() })) }),
])

const NEEDS = [...DELIVERING, 'warmUp'] as const

/** Delivers one segment of a slot, invoked by its runner, or single events, invoked by the express lane. */
export function emitterWith(world: Pick<World, (typeof NEEDS)[number]>) {
  const deps = delivering(world)
  const deliverSegment = deliverSegmentWith(deps)
  const deliverExpress = deliverExpressWith(deps)
  return async (input: unknown) => {
    const task = readInput(inputSchema, input)
    if ('execution' in task) return deliverExpress(task.execution, task.events)
    await world.warmUp(task.segment.startMs - READ_AHEAD_MS)
    return deliverSegment(task.slot, task.segment)
  }
}

export const handler = lambda(() => emitterWith(worldOnAws(...NEEDS)))
