import * as z from 'zod'
import { type InputRules, requestSchema } from './request-schema.ts'

/** What a stack with default settings says of its input, but for where events may go, which each decides. */
const RULES: InputRules = { allowedTargets: ['*'], enforceUser: true }

/**
 * The input message as a JSON Schema, for editors and other languages. It knows what one field alone may be: that a date
 * exists, lies ahead by ten years at most, and before `latest`, or that a payload fits a message, only the scheduler
 * says. The scheduler takes more, too: `null` for a field that is not there, and spaces around a date.
 */
export function messageJsonSchema() {
  return z.toJSONSchema(requestSchema(RULES), {
    io: 'input',
    override: ({ jsonSchema }) => scheduleByDefault(jsonSchema),
  })
}

/** A message that names no action is to be scheduled: the parser fills it in before the schema looks. */
function scheduleByDefault(schema: z.core.JSONSchema.BaseSchema): void {
  const action = schema.properties?.action
  if (typeof action !== 'object' || action.const !== 'schedule') return
  action.default = 'schedule'
  schema.required = schema.required?.filter((field) => field !== 'action') ?? []
}
