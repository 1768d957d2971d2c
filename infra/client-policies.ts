import * as pulumi from '@pulumi/pulumi'
import { partName } from '../core/stack-place.ts'
import type { EventsTable } from './events-table.ts'
import type { Names } from './names.ts'
import { policyDocument, type Statement } from './privilege.ts'

/** What a client's policies are about. */
export interface ClientParts {
  table: EventsTable
  inputTopicArn: pulumi.Output<string>
  /** ARNs of the topics that a client may tail. */
  tailedTopicArns: pulumi.Output<string>[]
}

/** What a role may need that looks: to find events and to tail, with a queue of its own; as a policy document. */
export function clientReadPolicy(names: Names, { table, tailedTopicArns }: ClientParts): pulumi.Output<string> {
  return policyDocument([
    table.can('DescribeTable', 'Query', 'GetItem', 'BatchGetItem'),
    ...tails(names, tailedTopicArns),
  ])
}

/**
 * What a role may need that schedules, cancels and reschedules: to publish, and to find the stack by its name. The key of
 * the topic asks for nothing more: its own policy lets in whoever of the account may publish.
 */
export function clientChangePolicy({ table, inputTopicArn }: ClientParts): pulumi.Output<string> {
  return policyDocument([{ actions: ['sns:Publish'], resources: [inputTopicArn] }, table.can('DescribeTable')])
}

/** To make queues of one's own and remove them, and to subscribe them, and nothing else, to the stack's topics. */
function tails({ partition, region, accountId, stack }: Names, topicArns: pulumi.Output<string>[]): Statement[] {
  const queues = pulumi.interpolate`arn:${partition}:sqs:${region}:${accountId}:${partName('tail', stack)}-*`
  return [
    {
      actions: ['CreateQueue', 'ReceiveMessage', 'DeleteMessage', 'DeleteQueue'].map((action) => `sqs:${action}`),
      resources: [queues],
    },
    {
      actions: ['sns:Subscribe'],
      resources: topicArns,
      conditions: { StringEquals: { 'sns:Protocol': 'sqs' }, ArnLike: { 'sns:Endpoint': queues } },
    },
    { actions: ['sns:Unsubscribe'], resources: topicArns },
  ]
}
