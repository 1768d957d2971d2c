import { createClient, newId } from 'aws-scheduler/client'

const scheduler = createClient({ stack: process.env.STACK ?? 'local' })

/** The id comes first: it is stored with the order, in one transaction, before anything is scheduled. */
const order = { number: 4711, reminder: newId() }
const { outputTopicArn } = await scheduler.stack()

const { date } = await scheduler.schedule({
  id: order.reminder,
  date: { in: '10m' },
  target: outputTopicArn,
  user: 'orders',
  payload: `order ${order.number} is not paid`,
})
console.log(`to be reminded at ${date}`)

/** Somebody is in a hurry. */
const moved = await scheduler.reschedule({ id: order.reminder, ...(date && { date }), new_date: { in: '3s' } })
console.log(`now at ${moved.date}`)

for await (const one of scheduler.tail({ onReady: () => console.log('ready') })) {
  if (one.id !== order.reminder) continue
  console.log(one.kind === 'delivery' ? `${one.payload}, ${one.latenessMs} ms late` : one.error)
  break
}
scheduler.close()
