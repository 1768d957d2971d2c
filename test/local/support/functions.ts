import { arnOf } from '../../../local/aws-account.ts'
import type { FunctionSpec } from '../../../local/lambda/sandbox.ts'

/** A function made of `body`, the body of a handler of `event` and `context`. */
export const functionOf = (body: string, more: Partial<FunctionSpec> = {}): FunctionSpec => ({
  name: 'fn',
  arn: arnOf('lambda', 'function:fn'),
  code: `let calls = 0\nexports.handler = async (event, context) => { ${body} }`,
  exportName: 'handler',
  filename: `${import.meta.dirname}/index.js`,
  environment: {},
  timeoutMs: 5_000,
  ...more,
})
