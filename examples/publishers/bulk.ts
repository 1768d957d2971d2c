import { PublishBatchCommand, type PublishBatchRequestEntry, SNSClient } from '@aws-sdk/client-sns'

const COUNT = Number(process.env.COUNT ?? 100)
const INPUT = process.env.INPUT_TOPIC_ARN ?? 'arn:aws:sns:us-east-1:000000000000:scheduler-input-local'
const OUTPUT = process.env.OUTPUT_TOPIC_ARN ?? 'arn:aws:sns:us-east-1:000000000000:scheduler-output-local'
const START_MS = Date.now() + 5_000

const sns = new SNSClient()

/** With an id of its own, an event that is published twice is still one event. */
function entry(number: number): PublishBatchRequestEntry {
  const date = new Date(START_MS + 10 * number).toISOString()
  const event = { id: `bulk-ts-${number}`, date, target: OUTPUT, user: 'me', payload: `number ${number}` }
  return { Id: String(number), Message: JSON.stringify(event) }
}

/** Publishes up to ten messages, of 256 KiB together. @returns those that were not taken */
async function publish(entries: PublishBatchRequestEntry[]): Promise<PublishBatchRequestEntry[]> {
  const command = new PublishBatchCommand({ TopicArn: INPUT, PublishBatchRequestEntries: entries })
  const { Failed = [] } = await sns.send(command)
  const refused = Failed.find(({ SenderFault }) => SenderFault)
  if (refused) throw new Error(`refused: ${refused.Code} ${refused.Message ?? ''}`)
  return entries.filter(({ Id }) => Failed.some((failure) => failure.Id === Id))
}

for (let first = 0; first < COUNT; first += 10) {
  let left = Array.from({ length: Math.min(10, COUNT - first) }, (_, i) => entry(first + i))
  while (left.length > 0) left = await publish(left)
}
console.log(`${COUNT} events scheduled`)
