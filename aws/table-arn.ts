import { DescribeTableCommand, type DescribeTableCommandOutput } from '@aws-sdk/client-dynamodb'
import { SchedulerError } from '../core/errors.ts'
import { type Client, clientTo } from './events-table/table.ts'

/**
 * ARN of a table, in the account and Region that the client is in: so it tells both.
 * @throws SchedulerError `TABLE_NOT_FOUND` if there is none of that name
 */
export async function tableArnOf(client: Client, tableName: string): Promise<string> {
  const describing = clientTo('find the stack', { client, tableName }) as unknown as {
    send(command: DescribeTableCommand): Promise<DescribeTableCommandOutput>
  }
  const { Table } = await describing.send(new DescribeTableCommand({ TableName: tableName }))
  if (Table?.TableArn) return Table.TableArn
  throw new SchedulerError('TABLE_UNAVAILABLE', `DynamoDB tells no ARN of table ${tableName}. Try again later.`)
}
