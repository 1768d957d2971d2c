import { expect } from 'chai'
import { type Recording, recordStack } from '../support/program-recorder.ts'

describe('the minute schedule', () => {
  let stack: Recording
  before(async () => {
    stack = await recordStack()
  })

  it('invokes the loader every minute', () => {
    const { inputs } = stack.one('Schedule', 'dev-minute-schedule')
    expect(inputs).to.deep.include({ scheduleExpression: 'rate(1 minute)', flexibleTimeWindow: { mode: 'OFF' } })
    const arn = 'arn:aws:lambda:eu-west-1:123456789012:function:scheduler-loader-dev'
    expect(inputs.target).to.include({ arn, input: '{}' })
  })
})
