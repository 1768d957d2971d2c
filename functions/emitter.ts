import * as z from 'zod'
import { segmentSchema } from './core/segment.ts'
import { delivering } from './deps.ts'
import { deliverExpressWith } from './flow/deliver-express.ts'
import { deliverSegmentWith } from './flow/deliver-segment.ts'
import { lambda } from './gateway/lambda.ts'

const inputSchema = z.union([
  z.object({ slot: z.string(), segment: segmentSchema }),
  z.object({ execution: z.string(), events: z.array(z.object({ slot: z.string(), key: z.string() })) }),
])

/** Delivers one segment of a slot, invoked by its runner, or single events, invoked by the express lane. */
export const handler = lambda(() => {
  const deps = delivering()
  const deliverSegment = deliverSegmentWith(deps)
  const deliverExpress = deliverExpressWith(deps)
  return (input: unknown) => {
    const task = inputSchema.parse(input)
    return 'segment' in task ? deliverSegment(task.slot, task.segment) : deliverExpress(task.execution, task.events)
  }
})
