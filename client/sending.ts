import { scheduleBatch } from './batch.ts'
import type { Client } from './client.ts'
import type { EventToSchedule, Receipt } from './messages.ts'
import type { ClientParts } from './parts.ts'
import { prepareCancel, prepareReschedule, prepareSchedule } from './prepare.ts'
import type { Prepared } from './send-all.ts'

/** The half of a client that publishes. */
export function sending({
  clock,
  checking,
  topic,
}: ClientParts): Pick<Client, 'schedule' | 'scheduleBatch' | 'cancel' | 'reschedule'> {
  const send = async ({ text, receipt }: Prepared): Promise<Receipt> => {
    const messageId = await (await topic()).publish(text)
    return { ...receipt, messageId }
  }
  return {
    schedule: async (event) => send(prepareSchedule(event, checking())),
    scheduleBatch: async (events, options) => {
      const prepare = (event: EventToSchedule) => prepareSchedule(event, checking())
      return scheduleBatch(events, { topic: await topic(), prepare, clock }, options)
    },
    cancel: async (event) => send(prepareCancel(event, checking())),
    reschedule: async (change) => send(prepareReschedule(change, checking())),
  }
}
