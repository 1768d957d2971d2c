import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import { lambda } from '../lambda.ts'
import { worldOnAws } from '../world.ts'
import { steps, VALIDATING, type ValidatingWorld } from './steps.ts'
import { validateWith } from './validate.ts'

/** Takes what clients publish: checks it, parks it, and sees to what is due soon. Invoked with batches of the input queue. */
export function validatorWith(world: ValidatingWorld) {
  const validate = validateWith({ ...world, ...steps(world) })
  return async ({ Records }: Pick<SQSEvent, 'Records'>): Promise<SQSBatchResponse> => {
    const comeBack = await validate(Records.map(toMessage))
    return { batchItemFailures: comeBack.map((itemIdentifier) => ({ itemIdentifier })) }
  }
}

function toMessage({ messageId, body, attributes }: SQSRecord) {
  return { messageId, body, sentAtMs: Number(attributes.SentTimestamp) }
}

export const handler = lambda(() => validatorWith(worldOnAws(...VALIDATING)))
