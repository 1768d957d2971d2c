import { expect } from 'chai'
import type { Client } from '../../aws/events-table/table.ts'
import { tableArnOf } from '../../aws/table-arn.ts'
import { answering, awsError } from '../support/aws-client.ts'

const ARN = 'arn:aws:dynamodb:eu-west-1:123456789012:table/scheduler-events-dev'

describe('the ARN of a table', () => {
  it('is asked of DynamoDB', async () => {
    const client = answering(() => ({ Table: { TableArn: ARN } }))
    expect(await tableArnOf(client as unknown as Client, 'scheduler-events-dev')).to.equal(ARN)
    expect(client.calls).to.deep.equal([{ name: 'DescribeTableCommand', input: { TableName: 'scheduler-events-dev' } }])
  })

  it('is none where there is no such table', async () => {
    const client = answering(() => {
      throw awsError('ResourceNotFoundException')
    })
    const fault = await tableArnOf(client as unknown as Client, 'scheduler-events-dev').catch((error) => error)
    expect(fault).to.have.property('code', 'TABLE_NOT_FOUND')
  })

  it('is not guessed where DynamoDB tells none', async () => {
    const fault = await tableArnOf(answering(() => ({})) as unknown as Client, 'a-table').catch((error) => error)
    const message = 'DynamoDB tells no ARN of table a-table. Try again later.'
    expect(fault).to.include({ code: 'TABLE_UNAVAILABLE', message })
  })
})
