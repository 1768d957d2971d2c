import { PublishBatchCommand, type PublishBatchCommandOutput, PublishCommand } from '@aws-sdk/client-sns'
import type { Clock, Random } from '../core/clock.ts'
import { type FaultCode, SchedulerError } from '../core/errors.ts'
import { inMemoryDelayMs } from '../core/retry.ts'
import type { AwsClient } from './aws-client.ts'
import { asStrings } from './message-attributes.ts'
import { failureOf, failureOfEntry, type PublishFailure } from './publish-failure.ts'

/** Tries of an entry that SNS refuses for a reason that passes, the first included, besides those of the SDK. */
const MAX_TRIES = 4

/** A message for the input topic. */
export interface InputMessage {
  text: string
  /** Name → string value. */
  attributes?: Record<string, string> | undefined
}

/** What became of one message: taken, or not for a reason that nothing here mends. */
export type Publishing = { ok: true; messageId: string } | { ok: false; error: SchedulerError }

export interface InputTopicParts {
  client: AwsClient
  topicArn: string
  clock: Clock
  random: Random
}

/** The only code that publishes to the input topic. */
export function inputTopic({ client, topicArn, clock, random }: InputTopicParts) {
  type Tried = { ok: true; messageId: string } | PublishFailure

  const tryOnce = async (messages: readonly InputMessage[]): Promise<Tried[]> => {
    const PublishBatchRequestEntries = messages.map((message, i) => ({ Id: String(i), ...asSns(message) }))
    try {
      const command = new PublishBatchCommand({ TopicArn: topicArn, PublishBatchRequestEntries })
      const { Successful = [], Failed = [] } = (await client.send(command)) as PublishBatchCommandOutput
      const failed = new Map(Failed.map((entry) => [Number(entry.Id), failureOfEntry(entry)]))
      const taken = new Map(Successful.map(({ Id, MessageId = '' }) => [Number(Id), MessageId]))
      return messages.map((_, i) => failed.get(i) ?? { ok: true, messageId: taken.get(i) ?? '' })
    } catch (error) {
      const failure = failureOf(error)
      return messages.map(() => failure)
    }
  }

  return {
    /** Publishes one message, with the retries of the SDK. @returns its MessageId @throws SchedulerError `TOPIC_…` */
    async publish(message: InputMessage): Promise<string> {
      try {
        const answer = await client.send(new PublishCommand({ TopicArn: topicArn, ...asSns(message) }))
        return String((answer as { MessageId?: string }).MessageId)
      } catch (error) {
        throw faultOf(failureOf(error), topicArn, error)
      }
    },

    /**
     * Publishes up to ten messages, of 256 KiB together. Those that SNS refuses for a reason that passes it is given again,
     * they alone. Never rejects.
     * @returns one result for each message, in order
     */
    async publishBatch(messages: readonly InputMessage[]): Promise<Publishing[]> {
      const results: Publishing[] = []
      let left = messages.map((message, index) => ({ message, index }))
      for (let tries = 1; left.length > 0; tries++) {
        const tried = await tryOnce(left.map(({ message }) => message))
        const again: typeof left = []
        for (const [i, one] of left.entries()) {
          const result = tried[i] as Tried
          const passes = !result.ok && result.code === 'TARGET_UNAVAILABLE' && tries < MAX_TRIES
          if (passes) again.push(one)
          else results[one.index] = result.ok ? result : { ok: false, error: faultOf(result, topicArn) }
        }
        left = again
        if (left.length > 0) await clock.sleep(inMemoryDelayMs(tries, random()))
      }
      return results
    },
  }
}

export type InputTopic = ReturnType<typeof inputTopic>

function asSns({ text, attributes }: InputMessage) {
  return { Message: text, ...(attributes && { MessageAttributes: asStrings(attributes) }) }
}

/** What a failure to publish means where the topic is the scheduler's own. */
const FAULTS: Record<string, [code: FaultCode, advice: string]> = {
  TARGET_NOT_FOUND: ['TOPIC_NOT_FOUND', 'Check the name of the stack, its Region and its account.'],
  TARGET_DENIED: ['TOPIC_DENIED', "Allow sns:Publish on it: the stack's output clientChangePolicy is the policy."],
  TARGET_REFUSED: ['TOPIC_REFUSED', 'Change the message.'],
}

function faultOf({ code, error }: PublishFailure, topicArn: string, cause?: unknown): SchedulerError {
  const [fault, advice] = FAULTS[code] ?? ['TOPIC_UNAVAILABLE', 'Try again later.']
  return new SchedulerError(fault, `The input topic ${topicArn} did not take the message (${error}). ${advice}`, {
    cause,
  })
}
