import { expect } from 'chai'
import { type Recording, recordStack } from '../support/program-recorder.ts'

describe('the rule on runners that end', () => {
  let stack: Recording
  before(async () => {
    stack = await recordStack()
  })

  it('invokes the loader when a runner ends unsettled', () => {
    const rule = stack.one('EventRule', 'dev-slot-ended-rule')
    expect(JSON.parse(rule.inputs.eventPattern)).to.deep.equal({
      source: ['aws.states'],
      'detail-type': ['Step Functions Execution Status Change'],
      detail: {
        status: ['FAILED', 'TIMED_OUT', 'ABORTED'],
        stateMachineArn: ['arn:aws:states:eu-west-1:123456789012:stateMachine:scheduler-deliver-slot-dev'],
      },
    })
    expect(stack.one('EventTarget', 'dev-slot-ended-target').inputs.arn).to.match(/:scheduler-loader-dev$/)
    expect(stack.one('Permission', 'dev-slot-ended-permission').inputs).to.deep.equal({
      action: 'lambda:InvokeFunction',
      function: 'scheduler-loader-dev',
      principal: 'events.amazonaws.com',
      sourceArn: rule.arn,
    })
  })
})
