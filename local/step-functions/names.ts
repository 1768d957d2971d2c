import { randomUUID } from 'node:crypto'
import { arnOf } from '../aws-account.ts'
import { AwsError } from '../endpoint/aws-error.ts'

/** Step Functions' limit on the name of an execution. Source: API reference, StartExecution. */
const MAX_NAME_LENGTH = 80
/** What such a name may not contain: white space, brackets, wildcards, special and control characters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is forbidden
const FORBIDDEN = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f\ufffe\uffff]/
/** Step Functions' limit on inputs and outputs. Source: Step Functions quotas. */
const MAX_INPUT_BYTES = 262_144

/** The name for a new execution: the one asked for, if it is allowed, or a fresh one. */
export function executionName(asked: unknown): string {
  if (asked === undefined || asked === null) return randomUUID()
  if (typeof asked !== 'string' || asked === '' || asked.length > MAX_NAME_LENGTH || FORBIDDEN.test(asked)) {
    throw new AwsError('InvalidName', `Invalid Name: '${asked}'`)
  }
  return asked
}

/** The input, if it is JSON that is not too long. */
export function executionInput(input: unknown): string {
  if (input === undefined || input === null) return '{}'
  try {
    JSON.parse(input as string)
  } catch (cause) {
    throw new AwsError('InvalidExecutionInput', `Invalid State Machine Execution Input: '${(cause as Error).message}'`)
  }
  if (Buffer.byteLength(input as string) > MAX_INPUT_BYTES) {
    throw new AwsError('InvalidExecutionInput', `Input is longer than ${MAX_INPUT_BYTES} bytes`)
  }
  return input as string
}

export const executionArn = (machine: string, name: string, express: boolean) =>
  express
    ? arnOf('states', `express:${machine}:${name}:${randomUUID()}`)
    : arnOf('states', `execution:${machine}:${name}`)

/** Throws if `arn` is not that of a state machine (or of an execution). */
export function checkArn(arn: unknown, kind: 'stateMachine' | 'execution'): string {
  if (typeof arn !== 'string' || !arn) throw new AwsError('ValidationException', `${kind}Arn is missing`)
  if (kind === 'execution' && arn.includes(':express:')) {
    throw new AwsError('InvalidArn', "Invalid Arn: 'Resource type not valid in this context: express'")
  }
  if (!arn.startsWith('arn:aws:states:') || arn.split(':')[5] !== kind) {
    throw new AwsError('InvalidArn', `Invalid Arn: '${arn}'`)
  }
  return arn
}
