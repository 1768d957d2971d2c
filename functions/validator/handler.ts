import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import { lambda } from '../lambda.ts'
import { worldOnAws } from '../world.ts'
import { queueClock } from './queue-clock.ts'
import { steps, VALIDATING, type ValidatingWorld } from './steps.ts'
import { validateWith } from './validate.ts'

/** Takes what clients publish: checks it, parks it, and sees to what is due soon. Invoked with batches of the input queue. */
export function validatorWith(world: ValidatingWorld) {
  const clock = queueClock(world.clock)
  const validate = validateWith({ ...world, clock, ...steps({ ...world, clock }) })
  return async ({ Records }: Pick<SQSEvent, 'Records'>): Promise<SQSBatchResponse> => {
    const isAhead = clock.begin(Records.map(({ attributes }) => attributes)) === 'ahead'
    if (isAhead) world.log.error('clock ahead of the queue’s: the batch comes back', { messages: Records.length })
    const comeBack = isAhead ? Records.map(({ messageId }) => messageId) : await validate(Records.map(toMessage))
    return { batchItemFailures: comeBack.map((itemIdentifier) => ({ itemIdentifier })) }
  }
}

function toMessage({ messageId, body, attributes }: SQSRecord) {
  return { messageId, body, sentAtMs: Number(attributes.SentTimestamp) }
}

export const handler = lambda(() => validatorWith(worldOnAws(...VALIDATING)))
