import { type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn'
import { expect } from 'chai'
import { expressLane } from '../../aws/express-lane.ts'
import { SchedulerError } from '../../core/errors.ts'
import { anEvent } from '../support/builders.ts'

const ARN = 'arn:aws:states:eu-west-1:123456789012:stateMachine:scheduler-deliver-now-test'

describe('the express lane', () => {
  it('starts an execution that knows where the events stand and when to wake, and nothing else', async () => {
    const sent: object[] = []
    const client = { send: async (command: object) => void sent.push(command) } as unknown as SFNClient
    const [one, two] = [anEvent(), anEvent()]
    await expressLane(client, ARN).deliver('2026-11-23T12:34:29Z', [one, two])
    expect(sent).to.have.length(1)
    const [command] = sent as [StartExecutionCommand]
    expect(command).to.be.instanceOf(StartExecutionCommand)
    expect(command.input.stateMachineArn).to.equal(ARN)
    expect(JSON.parse(command.input.input ?? '')).to.deep.equal({
      wakeAt: '2026-11-23T12:34:29Z',
      events: [one, two].map(({ slot, key }) => ({ slot, key })),
    })
  })

  it('lets its execution have a name of its own, so that one that was started twice is two', async () => {
    const client = {
      send: async ({ input }: StartExecutionCommand) => expect(input).to.not.have.property('name'),
    } as unknown as SFNClient
    await expressLane(client, ARN).deliver('2026-11-23T12:34:29Z', [anEvent()])
  })

  it('fails when the execution is not started, and says which machine and why', async () => {
    const client = { send: () => Promise.reject(new Error('throttled')) } as unknown as SFNClient
    const work = expressLane(client, ARN).deliver('2026-11-23T12:34:29Z', [anEvent()])
    const fault = await work.catch((error: unknown) => error)
    expect(fault).to.be.instanceOf(SchedulerError).and.have.property('code', 'EXECUTION_NOT_STARTED')
    expect(fault).to.have.property('message', `Could not start an execution of ${ARN}: Error: throttled`)
    expect(fault).to.have.nested.property('cause.message', 'throttled')
  })
})
