import { SNSClient } from '@aws-sdk/client-sns'
import { SQSClient } from '@aws-sdk/client-sqs'
import { clientConfig } from '../aws-account.ts'
import type { Local } from '../start-local.ts'
import { counted } from '../terminal/counted.ts'
import { printable, quoted } from '../terminal/printable.ts'
import { receiver } from './receiver.ts'
import { publish, type Sample, samples } from './samples.ts'

/** How long after the last event is due the demo waits for it. */
const PATIENCE_MS = 30_000

/** Does as a client would, with AWS SDKs only: subscribes, schedules a handful of events, and shows them arrive. */
export async function startDemo({ endpoint, outputs }: Local, print: (line: string) => void): Promise<void> {
  const sns = new SNSClient(clientConfig(endpoint))
  const sqs = new SQSClient(clientConfig(endpoint))
  const events = samples(Date.now(), String(outputs.outputTopicArn))
  const good = events.filter(({ dueAtMs }) => dueAtMs !== undefined)
  const lateness = new Map<string, number>()
  let refused = ''

  const output = await receiver({ sns, sqs }, String(outputs.outputTopicArn), 'demo-output', (message) => {
    const sample = good.find(({ event }) => event.id === message.eventId)
    if (!sample?.dueAtMs) return
    lateness.set(sample.event.id, message.atMs - sample.dueAtMs)
    print(`${quoted(message.body)} arrived in a queue ${message.atMs - sample.dueAtMs} ms after due`)
  })
  const failure = await receiver({ sns, sqs }, String(outputs.failureTopicArn), 'demo-failure', ({ body }) => {
    const notice = JSON.parse(body)
    if (!body.includes(events.at(-1)?.event.id ?? '')) return
    refused = notice.error
    print(`a failure notice arrived in a queue: ${printable(refused)}`)
  })
  announce(events, print)
  await publish(sns, String(outputs.inputTopicArn), events)

  const deadlineAtMs = Math.max(...good.map(({ dueAtMs = 0 }) => dueAtMs)) + PATIENCE_MS
  await Promise.all([
    output.until(() => lateness.size === good.length, deadlineAtMs),
    failure.until(() => refused !== '', deadlineAtMs),
  ])
  print(summary(good.length, [...lateness.values()]))
  await Promise.all([output.remove(), failure.remove()])
}

function announce(events: Sample[], print: (line: string) => void): void {
  for (const { event } of events) print(`schedules ${quoted(event.payload)} for ${event.date}`)
}

/** As the receiver saw it: an event may be there before its emitter has SNS's acknowledgement, up to which that counts. */
function summary(expected: number, lateness: number[]): string {
  const arrived = `${lateness.length} of ${counted(expected, 'event')} arrived`
  const greatest = lateness.length > 0 ? `, at most ${Math.max(...lateness)} ms after due` : ''
  return `${arrived}${greatest}. The stack goes on; Ctrl-C stops it.`
}
