import { scheduleBatch } from './batch.ts'
import { sentBytes } from './chunks.ts'
import type { Client } from './client.ts'
import type { EventToSchedule } from './messages.ts'
import type { ClientParts } from './parts.ts'
import { prepareCancel, prepareReschedule, prepareSchedule } from './prepare.ts'

/** The part of a client that publishes what it is given. */
export function sending({
  clock,
  checking,
  topic,
  send,
}: ClientParts): Pick<Client, 'schedule' | 'preview' | 'scheduleBatch' | 'cancel' | 'reschedule'> {
  return {
    schedule: async (event) => send(prepareSchedule(event, checking())),
    async preview(event) {
      const { receipt, text, attributes } = prepareSchedule(event, checking())
      return { ...receipt, text, bytes: sentBytes({ text, attributes }) }
    },
    scheduleBatch: async (events, options) => {
      const prepare = (event: EventToSchedule) => prepareSchedule(event, checking())
      return scheduleBatch(events, { topic: await topic(), prepare, clock }, options)
    },
    cancel: async (event) => send(prepareCancel(event, checking())),
    reschedule: async (change) => send(prepareReschedule(change, checking())),
  }
}
