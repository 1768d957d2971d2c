import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '../../client/client.ts'
import type { EventToSchedule } from '../../client/messages.ts'
import { topicArn } from '../aws/sns.ts'

/** Answers no publish, see `bench/processes/troubled-topics.ts`. */
const FAILING = topicArn('bench-failing')
const NOWHERE = topicArn('nowhere')

const USERS = ['orders', 'billing', 'reminders', 'crm']
const MINUTE_MS = 60_000

/** A day like others: much that goes well, a burst, a target that fails, one that is gone, and what clients took back. */
export async function aDay(client: Client, nowMs: number): Promise<void> {
  const { outputTopicArn: target } = await client.stack()
  const event = (id: string, afterMs: number, more: Partial<EventToSchedule> = {}): EventToSchedule => ({
    id,
    date: nowMs + afterMs,
    target,
    user: USERS[id.length % USERS.length],
    payload: JSON.stringify({ order: id, customer: { name: 'Ada', city: 'Zürich' }, items: [1, 2, 3] }),
    ...more,
  })
  const many = (name: string, count: number, afterMs: (i: number) => number, more: Partial<EventToSchedule> = {}) =>
    Array.from({ length: count }, (_, i) => event(`${name}-${i + 1}`, Math.round(afterMs(i)), more))
  await client.scheduleBatch([
    ...many('order', 900, (i) => 8_000 + i * 190),
    ...many('reminder', 400, (i) => 3 * MINUTE_MS + (i % 55) * MINUTE_MS + i * 37),
    ...many('newsletter', 600, (i) => 20 * MINUTE_MS + i * 4),
    ...many('tomorrow', 200, (i) => 2 * 60 * MINUTE_MS + i * 6 * MINUTE_MS),
    ...many('webhook', 6, (i) => 9_000 + i * 900, { target: FAILING, user: 'crm' }),
    ...many('stale', 3, (i) => 9_500 + i * 700, {
      target: FAILING,
      user: 'crm',
      latest: new Date(nowMs + 13_000).toISOString(),
    }),
    ...many('orphan', 4, (i) => 10_000 + i * 800, { target: NOWHERE, user: 'billing' }),
    ...many('draft', 8, (i) => 40_000 + i * 1_500),
    ...many('meeting', 3, (i) => 30 * MINUTE_MS + i * MINUTE_MS),
    event('hostile', 45_000, { user: '<b>\u202eadmin', payload: '<script>alert(1)</script>\u202egnp.exe' }),
  ])
  await sleep(3_000)
  for (let i = 1; i <= 8; i++) await client.cancel({ id: `draft-${i}`, date: nowMs + 40_000 + (i - 1) * 1_500 })
  for (let i = 1; i <= 3; i++)
    await client.reschedule({
      id: `meeting-${i}`,
      date: nowMs + (29 + i) * MINUTE_MS,
      new_date: nowMs + (44 + i) * MINUTE_MS,
    })
}
