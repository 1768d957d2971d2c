import type { Queue, SqsStore, Subscription } from '../fauxqs.ts'
import { invalidParameter } from './invalid-parameter.ts'
import { isLoopback } from './loopback.ts'

type Attributes = Readonly<Record<string, string>>

interface Endpoints {
  hasQueue(arn: string): boolean
  hasFunction(arn: string): boolean
}

const SERVED = 'the local SNS delivers to sqs, lambda, and http or https on this machine'

/** Throws what is wrong with a subscription that is asked for: AWS would take some of them, but here they get nothing. */
export function checkEndpoint(topicArn: string, protocol: string, endpoint: string, known: Endpoints): void {
  if (topicArn.endsWith('.fifo') && protocol !== 'sqs') {
    throw invalidParameter(`Protocol: a FIFO topic delivers to sqs only, not to ${protocol}`)
  }
  if (protocol === 'sqs') {
    if (!known.hasQueue(endpoint)) throw invalidParameter(`Endpoint: there is no queue ${endpoint} in the local stack`)
  } else if (protocol === 'lambda') {
    if (!known.hasFunction(endpoint)) {
      throw invalidParameter(`Endpoint: the program of the local stack declares no function ${endpoint}`)
    }
  } else if (protocol === 'http' || protocol === 'https') {
    checkUrl(protocol, endpoint)
  } else {
    throw invalidParameter(`Protocol: ${protocol} is not served; ${SERVED}`)
  }
}

function checkUrl(protocol: string, endpoint: string): void {
  const url = URL.parse(endpoint)
  if (url?.protocol !== `${protocol}:`) {
    throw invalidParameter(`Endpoint: ${endpoint} must be a URL that begins with ${protocol}:// as the protocol says`)
  }
  if (!isLoopback(url.hostname)) {
    throw invalidParameter(`Endpoint: ${url.hostname} is not this machine; ${SERVED}: 127.0.0.1, [::1] or localhost`)
  }
}

/** Throws what is wrong with attributes that are set: a broken policy would otherwise only show in what is not delivered. */
export function checkAttributes(
  { FilterPolicy, FilterPolicyScope, RedrivePolicy }: Attributes,
  queues: SqsStore,
): void {
  for (const [key, conditions] of Object.entries(FilterPolicy ? parse('FilterPolicy', FilterPolicy) : {})) {
    if (typeof conditions === 'object' && conditions !== null) continue
    throw invalidParameter(`FilterPolicy: "${key}" must be an object or an array`)
  }
  if (FilterPolicyScope && !['MessageAttributes', 'MessageBody'].includes(FilterPolicyScope)) {
    throw invalidParameter(`FilterPolicyScope: ${FilterPolicyScope} is neither MessageAttributes nor MessageBody`)
  }
  if (!RedrivePolicy) return
  const { deadLetterTargetArn } = parse('RedrivePolicy', RedrivePolicy)
  if (typeof deadLetterTargetArn !== 'string' || !queues.getQueueByArn(deadLetterTargetArn)) {
    throw invalidParameter(
      `RedrivePolicy: deadLetterTargetArn is ${JSON.stringify(deadLetterTargetArn)}, no queue of the local stack`,
    )
  }
}

function parse(name: string, policy: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(policy)
  } catch (error) {
    throw invalidParameter(`${name}: failed to parse JSON: ${(error as Error).message}`)
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw invalidParameter(`${name}: ${policy} is not a JSON object`)
}

/** The queue that gets what a subscription could not be given, if it has one. */
export function deadLetterQueueOf({ attributes }: Subscription, queues: SqsStore): Queue | undefined {
  if (!attributes.RedrivePolicy) return undefined
  return queues.getQueueByArn(String(parse('RedrivePolicy', attributes.RedrivePolicy).deadLetterTargetArn))
}
