import type { Retrier } from './states-language.ts'

/**
 * What Lambda says when it has not run a function: it is throttled, or Lambda itself is in trouble. Source: Step Functions
 * developer guide, best practices, handle transient Lambda service exceptions. Its fourth, `Lambda.SdkClientException`, is
 * not among them: it can leave an invocation behind that runs.
 */
const NOT_RUN = ['Lambda.TooManyRequestsException', 'Lambda.ServiceException', 'Lambda.AWSLambdaException']

/**
 * Retries of a task. A function that was not run is tried again for about a minute, as long as a slot lasts: nothing has
 * been done twice, and throttling passes. Step Functions takes the first retrier that names the error.
 * @param otherwise how often, and how soon, a function that failed is tried again
 */
export function retriers(otherwise: Omit<Retrier, 'ErrorEquals'>): Retrier[] {
  return [
    {
      ErrorEquals: NOT_RUN,
      IntervalSeconds: 1,
      MaxAttempts: 25,
      BackoffRate: 1.5,
      MaxDelaySeconds: 5,
      JitterStrategy: 'FULL',
    },
    { ErrorEquals: ['States.ALL'], ...otherwise },
  ]
}
