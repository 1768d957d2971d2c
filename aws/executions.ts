import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  type SFNClient,
  StartExecutionCommand,
  type StartExecutionCommandInput,
} from '@aws-sdk/client-sfn'
import { SchedulerError } from '../core/errors.ts'

/** An execution as it is to be started. */
export type Start = Pick<StartExecutionCommandInput, 'stateMachineArn' | 'name' | 'input'>

/** Starts an execution. @throws SchedulerError */
export async function startExecution(client: SFNClient, execution: Start): Promise<void> {
  await client.send(new StartExecutionCommand(execution)).catch(notStarted(execution))
}

/** What has become of an execution that has been started before. Eventually consistent. @throws SchedulerError */
export async function startedExecution(
  client: SFNClient,
  execution: Start & { stateMachineArn: string },
): Promise<DescribeExecutionCommandOutput> {
  const executionArn = `${execution.stateMachineArn.replace(':stateMachine:', ':execution:')}:${execution.name}`
  return client.send(new DescribeExecutionCommand({ executionArn })).catch(notStarted(execution))
}

/** The only place where errors of Step Functions are translated. */
function notStarted({ name = 'an execution', stateMachineArn }: Start) {
  return (cause: unknown): never => {
    const sentence = `Could not start ${name} of ${stateMachineArn}: ${cause}`
    throw new SchedulerError('EXECUTION_NOT_STARTED', sentence, { cause })
  }
}
