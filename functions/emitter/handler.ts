import * as z from 'zod'
import { segmentSchema } from '../../core/segment.ts'
import { READ_AHEAD_MS } from '../../core/timetable.ts'
import { lambda } from '../lambda.ts'
import { delivering } from '../world.ts'
import { deliverExpressWith } from './deliver-express.ts'
import { deliverSegmentWith } from './deliver-segment.ts'
import { warmUpWith } from './warm-up.ts'

const inputSchema = z.union([
  z.object({ slot: z.string(), segment: segmentSchema }),
  z.object({ execution: z.string(), events: z.array(z.object({ slot: z.string(), key: z.string() })) }),
])

/** Delivers one segment of a slot, invoked by its runner, or single events, invoked by the express lane. */
export const handler = lambda(() => {
  const deps = delivering()
  const deliverSegment = deliverSegmentWith(deps)
  const deliverExpress = deliverExpressWith(deps)
  const warmUp = warmUpWith(deps)
  return async (input: unknown) => {
    const task = inputSchema.parse(input)
    if ('execution' in task) return deliverExpress(task.execution, task.events)
    await warmUp(task.segment.startMs - READ_AHEAD_MS)
    return deliverSegment(task.slot, task.segment)
  }
})
