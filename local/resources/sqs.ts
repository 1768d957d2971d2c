import { arnOf, REGION } from '../aws-account.ts'
import { type Handler, type Inputs, nameOf, type Parts } from './handler.ts'

/** Pulumi's inputs that are attributes of a queue, here and on AWS. Encryption is declared, not applied. */
const ATTRIBUTES = {
  visibilityTimeoutSeconds: 'VisibilityTimeout',
  messageRetentionSeconds: 'MessageRetentionPeriod',
  delaySeconds: 'DelaySeconds',
  maxMessageSize: 'MaximumMessageSize',
  receiveWaitTimeSeconds: 'ReceiveMessageWaitTimeSeconds',
  redrivePolicy: 'RedrivePolicy',
} as const

export const sqsHandlers = ({ messaging: { queues } }: Parts): Record<string, Handler> => ({
  'aws:sqs/queue:Queue'(logicalName, inputs) {
    const name = nameOf(logicalName, inputs)
    const arn = arnOf('sqs', name)
    const attributes = attributesOf(inputs)
    const known = queues.getQueueByArn(arn)
    known?.setAttributes(attributes)
    const queue = known ?? queues.createQueue(name, queues.buildQueueUrl(name, '', '', REGION), arn, attributes)
    return { id: queue.url, state: { ...inputs, name, arn, url: queue.url } }
  },
})

const attributesOf = (inputs: Inputs) =>
  Object.fromEntries(
    Object.entries(ATTRIBUTES)
      .filter(([input]) => inputs[input] !== undefined)
      .map(([input, attribute]) => [attribute, String(inputs[input])]),
  )
