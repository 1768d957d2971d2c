import { type SFNClient, StartExecutionCommand, type StartExecutionCommandInput } from '@aws-sdk/client-sfn'
import { SchedulerError } from '../core/errors.ts'

/** Starts an execution. The only place where errors of Step Functions are translated. @throws SchedulerError */
export async function startExecution(client: SFNClient, execution: StartExecutionCommandInput): Promise<void> {
  await client.send(new StartExecutionCommand(execution)).catch((cause: unknown) => {
    const { name = 'an execution', stateMachineArn } = execution
    const sentence = `Could not start ${name} of ${stateMachineArn}: ${cause}`
    throw new SchedulerError('EXECUTION_NOT_STARTED', sentence, { cause })
  })
}
