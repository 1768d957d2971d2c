import * as aws from '@pulumi/aws'
import * as pulumi from '@pulumi/pulumi'
import { OUTAGE_DAYS, VISIBILITY_TIMEOUT_SECONDS } from '../core/timetable.ts'
import { rootOf } from './aws-account.ts'
import { deadLetterQueue } from './dead-letter-queue.ts'
import type { Names } from './names.ts'
import { policyDocument, type Statement } from './privilege.ts'

/**
 * How often a message is handed out before it is put aside. An invocation that Lambda throttles counts like one that
 * failed, and the message is hidden for three minutes after each: these last for five hours without a single validator.
 * Few messages need them otherwise, as what is wrong with a message is answered by a notice, not by an error.
 */
const MAX_RECEIVE_COUNT = 100
/**
 * As long as an outage may last, which is also the most that SQS allows. A message keeps its age when it becomes a dead
 * letter: one that waited for an outage's whole length waits no longer there. Source: SQS, SetQueueAttributes,
 * MessageRetentionPeriod; developer guide, dead-letter queues.
 */
const RETENTION_SECONDS = OUTAGE_DAYS * 24 * 3600

/** The way in: the topic that clients publish to, the queue the validator takes from, and their dead letters. */
export class Input extends pulumi.ComponentResource {
  readonly topicArn: pulumi.Output<string>
  readonly queue: aws.sqs.Queue
  /** Messages that the validator did not get through. */
  readonly deadLetters: aws.sqs.Queue
  /** Messages that the topic could not hand to the queue. */
  readonly undelivered: aws.sqs.Queue

  constructor(names: Names, keyArn: pulumi.Input<string>, opts?: pulumi.ComponentResourceOptions) {
    super('aws-scheduler:index:Input', `${names.stack}-input`, {}, opts)
    const topic = this.topic(names, keyArn)
    this.deadLetters = deadLetterQueue(`${names.stack}-input-dlq`, `${names.nameOf('input')}-dlq`, this)
    this.undelivered = deadLetterQueue(`${names.stack}-subscription-dlq`, `${names.nameOf('subscription')}-dlq`, this)
    this.queue = this.inputQueue(names)
    this.subscribe(names, topic)
    this.topicArn = topic.arn
    this.registerOutputs({ topicArn: this.topicArn, queueUrl: this.queue.url })
  }

  private topic(names: Names, keyArn: pulumi.Input<string>): aws.sns.Topic {
    const name = `${names.stack}-input`
    // Strangers need a key's grant in the key's policy and in their own, and cannot know the key: no key, then.
    const encryption = names.settings.publicInput ? {} : { kmsMasterKeyId: keyArn }
    const topic = new aws.sns.Topic(`${name}-topic`, { name: names.nameOf('input'), ...encryption }, { parent: this })
    const policy = policyDocument(inputTopicPolicy(names, topic.arn))
    new aws.sns.TopicPolicy(`${name}-topic-policy`, { arn: topic.arn, policy }, { parent: this })
    return topic
  }

  private inputQueue(names: Names): aws.sqs.Queue {
    return new aws.sqs.Queue(
      `${names.stack}-input-queue`,
      {
        name: names.nameOf('input'),
        sqsManagedSseEnabled: true,
        messageRetentionSeconds: RETENTION_SECONDS,
        visibilityTimeoutSeconds: VISIBILITY_TIMEOUT_SECONDS + names.settings.inputWindowSeconds,
        redrivePolicy: pulumi.jsonStringify({
          deadLetterTargetArn: this.deadLetters.arn,
          maxReceiveCount: MAX_RECEIVE_COUNT,
        }),
      },
      { parent: this },
    )
  }

  private subscribe({ stack }: Names, topic: aws.sns.Topic) {
    const policies = [this.queue, this.undelivered].map((queue, i) => {
      const name = `${stack}-${i === 0 ? 'input-queue' : 'subscription-dlq'}-policy`
      const policy = policyDocument([onlyFrom(topic.arn, queue.arn)])
      return new aws.sqs.QueuePolicy(name, { queueUrl: queue.url, policy }, { parent: this })
    })
    new aws.sns.TopicSubscription(
      `${stack}-input-subscription`,
      {
        topic: topic.arn,
        protocol: 'sqs',
        endpoint: this.queue.arn,
        redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: this.undelivered.arn }),
      },
      { parent: this, dependsOn: policies },
    )
  }
}

function onlyFrom(topicArn: pulumi.Input<string>, queueArn: pulumi.Input<string>): Statement {
  return {
    sid: 'InputTopicSends',
    principals: { Service: 'sns.amazonaws.com' },
    actions: ['sqs:SendMessage'],
    resources: [queueArn],
    conditions: { ArnEquals: { 'aws:SourceArn': topicArn } },
  }
}

function inputTopicPolicy(names: Names, topicArn: pulumi.Input<string>): Statement[] {
  const publish = { actions: ['sns:Publish'], resources: [topicArn] }
  return [
    { sid: 'AccountPublishes', principals: { AWS: [rootOf(names)] }, ...publish },
    ...(names.settings.publicInput ? [{ sid: 'AnyonePublishes', principals: '*' as const, ...publish }] : []),
    {
      sid: 'OnlyOverTls',
      effect: 'Deny',
      principals: '*',
      conditions: { Bool: { 'aws:SecureTransport': 'false' } },
      ...publish,
    },
  ]
}
