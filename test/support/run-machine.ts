import { StateMachine as LocalMachine } from 'aws-local-stepfunctions'

/** The ARN of a function of the stack. */
export const lambdaArn = (part: string) => `arn:aws:lambda:eu-west-1:123456789012:function:scheduler-${part}-dev`

type Work = (input: never) => unknown

/** Runs a machine in the embedded Step Functions, without waiting; its tasks, by the name of their state, do `work`. */
export async function runMachine(machine: object, input: object, work: Record<string, Work>) {
  const handlers = Object.entries(work).map(([state, handler]) => [state, async (value: never) => handler(value)])
  const noWait = ['WaitForSlot', 'WaitForSegment', 'WaitToSettle', 'WaitAgain', 'WaitForEvents']
  const local = new LocalMachine(structuredClone(machine) as ConstructorParameters<typeof LocalMachine>[0])
  const { result } = local.run(input as never, {
    overrides: {
      taskResourceLocalHandlers: Object.fromEntries(handlers),
      waitTimeOverrides: Object.fromEntries(noWait.map((state) => [state, 0])),
      retryIntervalOverrides: { Plan: 0, Emit: 0, Settle: 0 },
    },
    context: { Execution: { Name: 'the-name', Input: input, StartTime: '2026-11-23T12:34:00Z' } } as never,
  })
  return result as Promise<unknown>
}
