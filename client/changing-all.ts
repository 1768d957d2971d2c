import { CHANGEABLE } from '../status/status.ts'
import { type BulkChange, type BulkEvent, changeAll, readResume } from './bulk.ts'
import type { Client } from './client.ts'
import type { BulkFilter } from './event-list.ts'
import type { ClientParts } from './parts.ts'
import { prepareCancel, prepareReschedule } from './prepare.ts'
import { type FixedShift, fixed, type Shift, shifted } from './shift.ts'
import { namedSpanOf, statusesAmong } from './span.ts'

/** The part of a client that changes many events: it counts them first, and names each by id and date. */
export function changingAll(
  { clock, checking, topic }: ClientParts,
  list: Client['list'],
): Pick<Client, 'cancelAll' | 'rescheduleAll'> {
  const pending = (filter: BulkFilter) => {
    const { fromMs, toMs } = namedSpanOf(filter, clock.now())
    return list({ ...filter, from: fromMs, to: toMs, status: statusesAmong(CHANGEABLE, filter) })
  }
  const sending = async (prepare: BulkChange['parts']['prepare']) => ({ topic: await topic(), prepare, clock })
  return {
    async cancelAll(filter, options) {
      const matching = pending(filter)
      const parts = await sending((event) => prepareCancel(named(event), checking()))
      return changeAll({ matching, order: 'first to last', parts }, options)
    },
    async rescheduleAll(filter, shift, options = {}) {
      const to = shiftOf(shift, options.resume, clock.now())
      const matching = without(to, pending(filter))
      const parts = await sending((event) =>
        prepareReschedule({ ...named(event), new_date: shifted(event.dueAtMs, to) }, checking()),
      )
      const stamp = 'toMs' in to ? String(to.toMs) : undefined
      return changeAll({ matching, order: orderOf(to), parts, stamp }, options)
    },
  }
}

const named = ({ id, dueAtMs }: BulkEvent) => ({ id, date: dueAtMs })

/** The shift of a run; of one that goes on, that with which it began. */
function shiftOf(shift: Shift, resume: string | undefined, nowMs: number): FixedShift {
  const begun = resume === undefined ? undefined : readResume(resume).stamp
  return begun === undefined ? fixed(shift, nowMs) : { toMs: Number(begun) }
}

/** Those that are not where they go already. */
async function* without(shift: FixedShift, events: AsyncIterable<BulkEvent>): AsyncGenerator<BulkEvent> {
  for await (const event of events) if (shifted(event.dueAtMs, shift) !== event.dueAtMs) yield event
}

const orderOf = (shift: FixedShift) => ('byMs' in shift && shift.byMs > 0 ? 'last to first' : 'first to last')
