import * as z from 'zod'
import { SchedulerError } from '../core/errors.ts'

/** What a function was invoked with, as its schema describes it. @throws SchedulerError `INPUT_INVALID` */
export function readInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.infer<Schema> {
  const result = schema.safeParse(input)
  if (result.success) return result.data
  throw new SchedulerError(
    'INPUT_INVALID',
    `The function was invoked with what it does not take. Compare the definition of the state machine: ${z.prettifyError(result.error)}`,
    { cause: result.error },
  )
}
