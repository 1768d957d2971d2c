import {
  type Client,
  createClient,
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
await scheduler.cancel({ id, date })
const refusal = await scheduler.schedule({ ...event, date: 'soon' }).catch((fault: unknown) => fault)
console.log(refusal instanceof SchedulerError && refusal.code)
const tailing = scheduler.tail()[Symbol.asyncIterator]()
const missing = await tailing.next().catch((fault: unknown) => fault)
console.log(missing instanceof SchedulerError && `${missing.code}: ${missing.message}`)
scheduler.close()
