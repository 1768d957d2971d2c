import { expect } from 'chai'
import { configOf, type Recording, recordStack } from '../support/program-recorder.ts'

describe('the events table', () => {
  let stack: Recording
  before(async () => {
    stack = await recordStack()
  })

  it('has one encrypted table on demand that forgets and can be restored', () => {
    expect(stack.one('Table', 'dev-events-table').inputs).to.deep.include({
      billingMode: 'PAY_PER_REQUEST',
      hashKey: 'pk',
      rangeKey: 'sk',
      ttl: { attributeName: 'expiresAt', enabled: true },
      pointInTimeRecovery: { enabled: true },
      serverSideEncryption: { enabled: true },
    })
  })

  it('cannot be restored if the settings say so', async () => {
    const { one } = await recordStack(configOf({ pointInTimeRecovery: false }))
    expect(one('Table', 'dev-events-table').inputs.pointInTimeRecovery).to.deep.equal({ enabled: false })
  })
})
