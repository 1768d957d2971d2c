import * as z from 'zod'
import { SchedulerError } from '../core/errors.ts'
import { LEAST_RETENTION_DAYS } from '../core/forgotten.ts'
import { INDEXES } from '../core/index-kind.ts'
import { parseJson } from '../core/json.ts'
import { MAX_SHARDS } from '../core/slot.ts'

/** The variables of the functions, as the stack sets them. Each function reads only what it needs. */
const schema = z.object({
  EVENTS_TABLE: z.string().min(1),
  DELIVER_SLOT_ARN: z.string().startsWith('arn:'),
  DELIVER_NOW_ARN: z.string().startsWith('arn:'),
  FAILURE_TOPIC_ARN: z.string().startsWith('arn:'),
  ALLOWED_TARGETS: z.string().transform(parseJson).pipe(z.array(z.string())),
  ENFORCE_USER: z.enum(['true', 'false']).transform((text) => text === 'true'),
  INDEX: z.enum(INDEXES),
  SHARDS: z.coerce.number().int().min(1).max(MAX_SHARDS),
  RETENTION_DAYS: z.coerce.number().int().min(LEAST_RETENTION_DAYS),
  MAX_ATTEMPTS: z.coerce.number().int().min(1),
})

type Variables = typeof schema.shape

/** Reads and checks the named variables. */
export function variables<Name extends keyof Variables>(...names: Name[]): Pick<z.infer<typeof schema>, Name> {
  const mask = Object.fromEntries(names.map((name) => [name, true]))
  const result = schema.pick(mask as Record<keyof Variables, true>).safeParse(process.env)
  if (!result.success)
    throw new SchedulerError(
      'VARIABLES_INVALID',
      `The function's variables are wrong: ${z.prettifyError(result.error)}`,
    )
  return result.data as Pick<z.infer<typeof schema>, Name>
}
