import type { Connection } from '../aws/aws-client.ts'
import type { Connections } from '../aws/connections.ts'
import { SchedulerError } from '../core/errors.ts'
import { show } from '../core/show.ts'
import { LOCAL, partName } from '../core/stack-place.ts'
import type { ClientOptions } from './options.ts'
import type { Stack } from './stack.ts'

/** How a client of the stack reaches AWS, where the options leave it open. */
export function connectionOf(options: ClientOptions): Connection {
  const { region, endpoint, profile, maxAttempts, credentials, clients } = options
  const given = { region, endpoint, profile, maxAttempts, credentials, clients }
  if ('local' in options) return { ...given, ...onThisMachine(given) }
  if (!('outputs' in options)) return given
  return { ...given, region: region ?? placeIn(options.outputs.inputTopicArn)?.region }
}

/** On this machine nothing checks a Region or credentials, but SDKs want some. */
function onThisMachine({ region, endpoint, credentials }: Connection): Connection {
  const known = process.env.AWS_ENDPOINT_URL
  return {
    region: region ?? LOCAL.region,
    endpoint: endpoint ?? (known && isLoopback(known) ? known : LOCAL.endpoint),
    credentials: credentials ?? { ...LOCAL.credentials },
  }
}

/** Whether an address is this machine's own, which nobody else reaches. */
export function isLoopback(address: string): boolean {
  const host = URL.canParse(address) ? new URL(address).hostname : ''
  return host === 'localhost' || host === '[::1]' || /^127(\.\d+){3}$/.test(host)
}

/**
 * Finds the scheduler that the options name.
 * @throws SchedulerError `STACK_INVALID` if they name none, `TABLE_NOT_FOUND` if there is none of that name
 */
export async function findStack(options: ClientOptions, connections: Connections): Promise<Stack> {
  if ('local' in options) return stackAt({ ...LOCAL, partition: 'aws' })
  if ('outputs' in options) return stackOf(options.outputs)
  const { stack } = options
  if (typeof stack !== 'string' || !STACK.test(stack))
    throw new SchedulerError(
      'STACK_INVALID',
      `${show(stack)} is not the name of a stack. Give stack (1 to 24 letters, digits, - and _), outputs, or local: true.`,
    )
  const { tableArnOf } = await import('../aws/table-arn.ts')
  // The table's ARN says where everything is: it takes no privilege but one on this very table, and proves the name.
  const arn = await tableArnOf(await connections.dynamodb(), partName('events', stack))
  const [, partition = '', , region = '', accountId = ''] = arn.split(':')
  return stackAt({ stack, partition, region, accountId })
}

const STACK = /^[A-Za-z0-9_-]{1,24}$/

interface Place {
  stack: string
  partition: string
  region: string
  accountId: string
}

/** Names and ARNs follow from a stack's name and its place. */
function stackAt({ stack, partition, region, accountId }: Place): Stack {
  const arn = (service: string, resource: string) => `arn:${partition}:${service}:${region}:${accountId}:${resource}`
  const topicArn = (part: string) => arn('sns', partName(part, stack))
  return {
    name: stack,
    region,
    accountId,
    inputTopicArn: topicArn('input'),
    outputTopicArn: topicArn('output'),
    failureTopicArn: topicArn('failure'),
    tableName: partName('events', stack),
    runnerArnPrefix: arn('states', `execution:${partName('deliver-slot', stack)}:`),
    tailQueueArnPrefix: arn('sqs', partName('tail', `${stack}-`)),
  }
}

function stackOf({ inputTopicArn }: Record<string, unknown>): Stack {
  const place = placeIn(inputTopicArn)
  if (place) return stackAt(place)
  throw new SchedulerError(
    'STACK_INVALID',
    `The outputs' inputTopicArn is ${show(inputTopicArn)}. Give what pulumi stack output --json prints.`,
  )
}

const INPUT_TOPIC =
  /^arn:(?<partition>aws[a-z-]*):sns:(?<region>[a-z0-9-]+):(?<accountId>\d{12}):(?<name>[A-Za-z0-9_-]+)$/

/** The stack that an input topic belongs to, and where it is. */
function placeIn(arn: unknown): Place | undefined {
  const { name = '', ...place } = (typeof arn === 'string' && INPUT_TOPIC.exec(arn)?.groups) || {}
  const prefix = partName('input', '')
  return name.startsWith(prefix) ? ({ ...place, stack: name.slice(prefix.length) } as Place) : undefined
}
