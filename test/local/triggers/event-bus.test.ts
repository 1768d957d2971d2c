import { expect } from 'chai'
import type { Execution } from '../../../local/step-functions/store.ts'
import { eventBus } from '../../../local/triggers/event-bus.ts'

const execution: Execution = {
  arn: 'arn:e',
  machineArn: 'arn:m',
  name: 'n',
  express: false,
  status: 'FAILED',
  input: '{"slot":"s"}',
  startedAtMs: 1_000,
  stoppedAtMs: 2_500,
  output: null,
  error: 'E',
  cause: 'C',
}

describe('a local rule', () => {
  const told = (pattern: object, status: Execution['status']) => {
    const calls: { arn: string; event: Record<string, unknown> }[] = []
    const bus = eventBus(async (arn, event) => void calls.push({ arn, event: event as Record<string, unknown> }))
    bus.addRule('r', JSON.stringify(pattern))
    bus.addTarget('r', 'arn:f')
    bus.executionChanged({ ...execution, status })
    return calls
  }

  it('tells its target of an execution that matches, in the shape of EventBridge', () => {
    const [call] = told(
      { source: ['aws.states'], detail: { status: ['FAILED'], stateMachineArn: ['arn:m'] } },
      'FAILED',
    )
    expect(call?.arn).to.equal('arn:f')
    expect(call?.event).to.include({
      time: '1970-01-01T00:00:02Z',
      'detail-type': 'Step Functions Execution Status Change',
    })
    expect(call?.event.detail).to.include({ executionArn: 'arn:e', name: 'n', input: '{"slot":"s"}', stopDate: 2_500 })
  })

  it('does not tell of others', () => {
    expect(told({ detail: { status: ['FAILED'] } }, 'SUCCEEDED')).to.deep.equal([])
  })

  it('refuses a target of a rule that is not declared', () => {
    expect(() => eventBus(async () => {}).addTarget('other', 'arn:f')).to.throw('unknown rule other')
  })
})
