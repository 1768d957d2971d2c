import { SFNClient } from '@aws-sdk/client-sfn'
import { arnOf, clientConfig } from '../../../local/aws-account.ts'
import { jsonService, listen, serve } from '../../../local/endpoint/endpoint.ts'
import { stepFunctions } from '../../../local/step-functions/service.ts'
import type { Execution } from '../../../local/step-functions/store.ts'

export const TASK = arnOf('lambda', 'function:task')
export const STANDARD = arnOf('states', 'stateMachine:standard')
export const EXPRESS = arnOf('states', 'stateMachine:express')

/** Waits as long as its input says, then calls the task. */
export const WAIT_AND_CALL = {
  StartAt: 'Wait',
  States: {
    Wait: { Type: 'Wait', TimestampPath: '$.until', Next: 'Call' },
    Call: { Type: 'Task', Resource: TASK, End: true },
  },
}

interface Options {
  definition?: object
  invoke?: (arn: string, input: unknown) => Promise<unknown>
  file?: string
}

/** Step Functions with a Standard and an Express machine, and the real SDK's client of it. */
export async function startStepFunctions({ definition = WAIT_AND_CALL, invoke, file }: Options = {}) {
  const changes: Execution[] = []
  const service = stepFunctions({
    invoke: invoke ?? (async (_arn, input) => input),
    onChange: (execution) => changes.push(execution),
    file,
  })
  for (const [arn, express] of [
    [STANDARD, false],
    [EXPRESS, true],
  ] as const) {
    const name = arn.split(':').at(-1) as string
    service.define({
      arn,
      name,
      express,
      definition: JSON.stringify(definition),
      roleArn: 'arn:aws:iam::000000000000:role/r',
    })
  }
  const { server, endpoint } = await listen(0)
  serve(server, { states: jsonService('Step Functions', service.api) })
  // Else StartSyncExecution would go to a host named sync-127.0.0.1.
  const client = new SFNClient({ ...clientConfig(endpoint), maxAttempts: 1, disableHostPrefix: true })
  return {
    client,
    changes,
    service,
    stop() {
      service.stop()
      client.destroy()
      server.closeAllConnections()
      server.close()
    },
  }
}

/** An input that keeps an execution waiting for `ms`. */
export const waiting = (ms: number) => JSON.stringify({ until: new Date(Date.now() + ms).toISOString() })
