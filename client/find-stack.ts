import type { Connection } from '../aws/aws-client.ts'
import type { Connections } from '../aws/connections.ts'
import { SchedulerError } from '../core/errors.ts'
import { show } from '../core/show.ts'
import { LOCAL, partName } from '../core/stack-place.ts'
import { isTopicArn } from '../core/target.ts'
import type { ClientOptions } from './options.ts'
import type { Stack } from './stack.ts'

/** How a client of the stack reaches AWS, where the options leave it open. */
export function connectionOf(options: ClientOptions): Connection {
  const { region, endpoint, profile, maxAttempts, credentials, clients } = options
  const given = { region, endpoint, profile, maxAttempts, credentials, clients }
  if ('local' in options) return { ...given, ...atHome(given) }
  if (!('outputs' in options)) return given
  return { ...given, region: region ?? regionOf(options.outputs.inputTopicArn) }
}

/** On this machine nothing checks a Region or credentials, but SDKs want some. */
function atHome({ region, endpoint, credentials }: Connection): Connection {
  const known = process.env.AWS_ENDPOINT_URL
  return {
    region: region ?? LOCAL.region,
    endpoint: endpoint ?? (known && isLoopback(known) ? known : LOCAL.endpoint),
    credentials: credentials ?? LOCAL.credentials,
  }
}

/** Whether an address is this machine's own, which nobody else reaches. */
export function isLoopback(address: string): boolean {
  const host = URL.canParse(address) ? new URL(address).hostname : ''
  return host === 'localhost' || host === '[::1]' || /^127(\.\d+){3}$/.test(host)
}

const regionOf = (arn: unknown) => (typeof arn === 'string' ? arn.split(':')[3] : undefined)

/**
 * Finds the scheduler that the options name.
 * @throws SchedulerError `STACK_INVALID` if they name none, `TABLE_NOT_FOUND` if there is none of that name
 */
export async function findStack(options: ClientOptions, connections: Connections): Promise<Stack> {
  if ('local' in options) return stackIn({ ...LOCAL, partition: 'aws' })
  if ('outputs' in options) return stackOf(options.outputs)
  const { stack, accountId } = options
  if (typeof stack !== 'string' || !/^[A-Za-z0-9_-]{1,24}$/.test(stack))
    throw new SchedulerError(
      'STACK_INVALID',
      `${show(stack)} is not the name of a stack. Give stack (1 to 24 letters, digits, - and _), outputs, or local: true.`,
    )
  if (accountId !== undefined) return stackIn({ stack, accountId, ...(await placeOf(options, connections)) })
  const { tableArnOf } = await import('../aws/table-arn.ts')
  const arn = await tableArnOf(await connections.dynamodb(), partName('events', stack))
  const [, partition = '', , region = '', account = ''] = arn.split(':')
  return stackIn({ stack, partition, region, accountId: account })
}

interface Place {
  stack: string
  partition: string
  region: string
  accountId: string
}

function stackIn({ stack, partition, region, accountId }: Place): Stack {
  const topic = (part: string) => `arn:${partition}:sns:${region}:${accountId}:${partName(part, stack)}`
  return {
    region,
    accountId,
    inputTopicArn: topic('input'),
    outputTopicArn: topic('output'),
    failureTopicArn: topic('failure'),
    tableName: partName('events', stack),
  }
}

/** Partitions by what the names of their Regions begin with; all others are of `aws`. Source: AWS General Reference, ARNs. */
const PARTITIONS: readonly [prefix: string, partition: string][] = [
  ['cn-', 'aws-cn'],
  ['us-gov-', 'aws-us-gov'],
  ['us-isob-', 'aws-iso-b'],
  ['us-isof-', 'aws-iso-f'],
  ['us-iso-', 'aws-iso'],
  ['eu-isoe-', 'aws-iso-e'],
  ['eusc-', 'aws-eusc'],
]

async function placeOf(options: ClientOptions, connections: Connections) {
  const region = options.region ?? (await connections.region())
  const [, partition = 'aws'] = PARTITIONS.find(([prefix]) => region.startsWith(prefix)) ?? []
  return { region, partition }
}

function stackOf(outputs: Record<string, unknown>): Stack {
  const text = (name: string) => (typeof outputs[name] === 'string' ? outputs[name] : '')
  const inputTopicArn = text('inputTopicArn')
  if (!isTopicArn(inputTopicArn))
    throw new SchedulerError(
      'STACK_INVALID',
      `The outputs' inputTopicArn is ${show(outputs.inputTopicArn)}. Give what pulumi stack output --json prints.`,
    )
  const [, , , region = '', accountId = ''] = inputTopicArn.split(':')
  const sibling = (part: string) => inputTopicArn.replace(/:scheduler-input-/, `:scheduler-${part}-`)
  return {
    region,
    accountId,
    inputTopicArn,
    outputTopicArn: text('outputTopicArn') || sibling('output'),
    failureTopicArn: text('failureTopicArn') || sibling('failure'),
    tableName: text('tableName') || inputTopicArn.replace(/^.*:scheduler-input-/, 'scheduler-events-'),
  }
}
