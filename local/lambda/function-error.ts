import type { LambdaError } from './messages.ts'

/** What an invocation fails with; `name` is Lambda's errorType, which is what Step Functions matches. */
export class FunctionError extends Error {
  readonly details: LambdaError
  constructor(details: LambdaError) {
    super(details.errorMessage)
    this.name = details.errorType
    this.details = details
  }
}

/** Lambda's own words for an invocation whose instance died under it. */
export const crashed = (id: string, why: string) =>
  new FunctionError({ errorType: 'Lambda.Unknown', errorMessage: `RequestId: ${id} Error: Runtime exited: ${why}` })

/** Lambda's own words for an invocation that took too long. */
export const timedOut = (id: string, timeoutMs: number) =>
  new FunctionError({
    errorType: 'Sandbox.Timedout',
    errorMessage: `RequestId: ${id} Error: Task timed out after ${(timeoutMs / 1_000).toFixed(2)} seconds`,
  })
