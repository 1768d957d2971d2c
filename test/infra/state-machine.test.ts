import { expect } from 'chai'
import { deliverNow } from '../../infra/definitions/deliver-now.ts'
import { deliverSlot } from '../../infra/definitions/deliver-slot.ts'
import { flawsOf } from '../support/asl.ts'
import { configOf, type Recording, recordStack } from '../support/program-recorder.ts'
import { lambdaArn } from '../support/run-machine.ts'

const slotMachine = deliverSlot({
  planner: lambdaArn('planner'),
  emitter: lambdaArn('emitter'),
  settler: lambdaArn('settler'),
})
const nowMachine = deliverNow({ emitter: lambdaArn('emitter') })

describe('the state machines', () => {
  let stack: Recording
  let traced: Recording
  before(async () => {
    stack = await recordStack()
    traced = await recordStack(configOf({ tracing: true }))
  })
  const deployed = (part: string) => stack.one('sfn/stateMachine:StateMachine', `dev-${part}-machine`).inputs

  it('are valid', () => {
    expect(flawsOf(slotMachine)).to.equal('')
    expect(flawsOf(nowMachine)).to.equal('')
  })

  it('are found invalid when a transition leads nowhere', () => {
    expect(flawsOf({ ...nowMachine, StartAt: 'WaitForEvent' })).not.to.equal('')
  })

  it('are deployed as they are tested', () => {
    expect(JSON.parse(deployed('deliver-slot').definition)).to.deep.equal(slotMachine)
    expect(JSON.parse(deployed('deliver-now').definition)).to.deep.equal(nowMachine)
  })

  it('are a Standard one for slots and an Express one for now', () => {
    expect([deployed('deliver-slot').type, deployed('deliver-now').type]).to.deep.equal(['STANDARD', 'EXPRESS'])
  })

  for (const part of ['deliver-slot', 'deliver-now']) {
    it(`log their errors, and are traced only if the settings say so (${part})`, () => {
      expect(deployed(part).tracingConfiguration).to.deep.equal({ enabled: false })
      const { tracingConfiguration } = traced.one('sfn/stateMachine:StateMachine', `dev-${part}-machine`).inputs
      expect(tracingConfiguration).to.deep.equal({ enabled: true })
      expect(deployed(part).loggingConfiguration).to.deep.equal({
        level: 'ERROR',
        includeExecutionData: true,
        logDestination: `arn:aws:logs:eu-west-1:123456789012:log-group:/aws/vendedlogs/states/scheduler-${part}-dev:*`,
      })
      expect(stack.one('LogGroup', `dev-${part}-logs`).inputs.retentionInDays).to.equal(14)
    })
  }

  it('retry every task', () => {
    const tasks = JSON.stringify([slotMachine, nowMachine]).match(/"Type":"Task"/g)
    const retries = JSON.stringify([slotMachine, nowMachine]).match(
      /"Retry":\[\{"ErrorEquals":\["Lambda.TooManyRequestsException".*?\},\{"ErrorEquals":\["States.ALL"\]/g,
    )
    expect(tasks).to.have.length(4)
    expect(retries).to.have.length(4)
  })
})
