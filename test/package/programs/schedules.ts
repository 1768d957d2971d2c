import {
  type Client,
  createClient,
  type EventFacts,
  type EventToSchedule,
  newId,
  type Receipt,
  SchedulerError,
} from 'aws-scheduler/client'

// Types of Node.js are not among what the package brings.
declare const process: { argv: string[] }

const [endpoint = ''] = process.argv.slice(2)
const scheduler: Client = createClient({ local: true, endpoint })
const { outputTopicArn: target } = await scheduler.stack()
const event: EventToSchedule = { id: newId(), date: { in: '1h' }, target, user: 'me', payload: 'hello' }

const receipt: Receipt = await scheduler.schedule(event)
console.log(receipt.id === event.id, receipt.dueAtMs !== undefined)
const { scheduled, refused } = await scheduler.scheduleBatch([event, { ...event, target: 'nowhere' }])
console.log(scheduled, refused)
const { id, date } = receipt
const known = async (holds: (facts: EventFacts) => boolean): Promise<EventFacts> => {
  const facts = await scheduler.get({ id, date })
  return holds(facts) ? facts : known(holds)
}
console.log((await known(({ status }) => status !== 'unknown')).status)
for await (const listed of scheduler.list({ user: 'me', limit: 1 })) console.log(listed.id === id, listed.status)
await scheduler.cancel({ id, date })
console.log((await known(({ status }) => status !== 'pending')).status)
const refusal = await scheduler.schedule({ ...event, date: 'soon' }).catch((fault: unknown) => fault)
console.log(refusal instanceof SchedulerError && refusal.code)
const tailing = scheduler.tail()[Symbol.asyncIterator]()
const missing = await tailing.next().catch((fault: unknown) => fault)
console.log(missing instanceof SchedulerError && `${missing.code}: ${missing.message}`)
scheduler.close()
