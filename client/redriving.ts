import { REDRIVABLE } from '../status/status.ts'
import { type BulkEvent, changeAll } from './bulk.ts'
import type { Client } from './client.ts'
import type { EventName, EventToSchedule } from './messages.ts'
import type { ClientParts } from './parts.ts'
import { placeOf } from './place-of.ts'
import { prepareSchedule } from './prepare.ts'
import { messageAgain } from './redrive.ts'
import { namedSpanOf, statusesAmong } from './span.ts'

/** How many events are read at once to be published again. */
const READ_AT_ONCE = 20

/** The part of a client that has events delivered after all that have failed or expired. */
export function redriving(
  { table, clock, checking, topic, send }: ClientParts,
  list: Client['list'],
): Pick<Client, 'redrive' | 'redriveAll'> {
  const prepare = async (event: EventName) => {
    const reader = await table()
    const nowMs = clock.now()
    const ref = await placeOf(reader, event, { prefer: REDRIVABLE, nowMs })
    const message = await messageAgain(reader, ref, nowMs)
    return prepareSchedule(message as EventToSchedule, checking())
  }
  return {
    redrive: async (event) => send(await prepare(event)),
    async redriveAll(filter, options) {
      const { fromMs, toMs } = namedSpanOf(filter, clock.now())
      const matching = list({ ...filter, from: fromMs, to: toMs, status: statusesAmong(REDRIVABLE, filter) })
      const again = ({ id, dueAtMs }: BulkEvent) => prepare({ id, date: dueAtMs })
      const sending = { topic: await topic(), prepare: again, atOnce: READ_AT_ONCE, clock }
      return changeAll({ matching, order: 'first to last', parts: sending }, options)
    },
  }
}
