import { list, number, pairs, type Shape, type Structure, structure, text } from './shapes.ts'

interface Action {
  request: Structure
  /** Missing where SQS answers with nothing. */
  answer?: Structure
}

const queue = { QueueUrl: text }
const attributes = pairs(text, 'Name', 'Value', 'Attribute', 'Attributes')
const tags = pairs(text, 'Key', 'Value', 'Tag', 'Tags')
const attributeNames = list(text, 'AttributeName', 'AttributeNames')

const messageAttribute = structure({ StringValue: text, BinaryValue: text, DataType: text }, 'DataType')
const messageAttributes = pairs(messageAttribute, 'Name', 'Value', 'MessageAttribute')
const message = {
  MessageBody: text,
  DelaySeconds: number,
  MessageAttributes: messageAttributes,
  MessageSystemAttributes: pairs(messageAttribute, 'Name', 'Value', 'MessageSystemAttribute'),
  MessageDeduplicationId: text,
  MessageGroupId: text,
}
const sent = {
  MessageId: text,
  MD5OfMessageBody: text,
  MD5OfMessageAttributes: text,
  MD5OfMessageSystemAttributes: text,
  SequenceNumber: text,
}
const received = structure({
  MessageId: text,
  ReceiptHandle: text,
  MD5OfBody: text,
  Body: text,
  Attributes: attributes,
  MD5OfMessageAttributes: text,
  MessageAttributes: messageAttributes,
})
const failed = structure({ Id: text, SenderFault: text, Code: text, Message: text })

/** A batch: `<action>RequestEntry` in the form, `<action>ResultEntry` and `BatchResultErrorEntry` in the answer. */
const batch = (action: string, entry: Record<string, Shape>, result: Record<string, Shape> = {}): Action => ({
  request: structure({
    ...queue,
    Entries: list(
      structure({ Id: text, ...entry }, 'Id', ...REQUIRED.filter((name) => name in entry)),
      `${action}RequestEntry`,
    ),
  }),
  answer: structure({
    Successful: list(structure({ Id: text, ...result }), `${action}ResultEntry`),
    Failed: list(failed, 'BatchResultErrorEntry'),
  }),
})
const REQUIRED = ['MessageBody', 'ReceiptHandle']

/** The actions of SQS that fauxqs has, in the query protocol. Source of the names: botocore's model of SQS, 2012-11-05. */
export const SQS_ACTIONS: Record<string, Action> = {
  SendMessage: { request: structure({ ...queue, ...message }), answer: structure(sent) },
  SendMessageBatch: batch('SendMessageBatch', message, sent),
  ReceiveMessage: {
    request: structure({
      ...queue,
      AttributeNames: attributeNames,
      MessageSystemAttributeNames: list(text, 'MessageSystemAttributeName'),
      MessageAttributeNames: list(text, 'MessageAttributeName', 'MessageAttributeNames'),
      MaxNumberOfMessages: number,
      VisibilityTimeout: number,
      WaitTimeSeconds: number,
    }),
    answer: structure({ Messages: list(received, 'Message') }),
  },
  DeleteMessage: { request: structure({ ...queue, ReceiptHandle: text }) },
  DeleteMessageBatch: batch('DeleteMessageBatch', { ReceiptHandle: text }),
  ChangeMessageVisibility: { request: structure({ ...queue, ReceiptHandle: text, VisibilityTimeout: number }) },
  ChangeMessageVisibilityBatch: batch('ChangeMessageVisibilityBatch', {
    ReceiptHandle: text,
    VisibilityTimeout: number,
  }),
  CreateQueue: { request: structure({ QueueName: text, Attributes: attributes, tags }), answer: structure(queue) },
  DeleteQueue: { request: structure(queue) },
  PurgeQueue: { request: structure(queue) },
  GetQueueUrl: { request: structure({ QueueName: text }), answer: structure(queue) },
  ListQueues: {
    request: structure({ QueueNamePrefix: text, NextToken: text, MaxResults: number }),
    answer: structure({ QueueUrls: list(text, 'QueueUrl'), NextToken: text }),
  },
  GetQueueAttributes: {
    request: structure({ ...queue, AttributeNames: attributeNames }),
    answer: structure({ Attributes: attributes }),
  },
  SetQueueAttributes: { request: structure({ ...queue, Attributes: attributes }) },
  TagQueue: { request: structure({ ...queue, Tags: tags }) },
  UntagQueue: { request: structure({ ...queue, TagKeys: list(text, 'TagKey', 'TagKeys') }) },
  ListQueueTags: { request: structure(queue), answer: structure({ Tags: tags }) },
}
