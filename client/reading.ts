import { SchedulerError } from '../core/errors.ts'
import { show } from '../core/show.ts'
import { isSlot } from '../core/slot.ts'
import { eventFacts } from '../status/event-facts.ts'
import { follow } from '../status/event-status.ts'
import { slotFacts } from '../status/slot-facts.ts'
import { slotStats } from '../status/slot-stats.ts'
import { CHANGEABLE } from '../status/status.ts'
import type { Client } from './client.ts'
import { list, next } from './list.ts'
import type { ClientParts } from './parts.ts'
import { placeOf } from './place-of.ts'
import { spanOf } from './span.ts'

const HOUR_MS = 3_600_000

/** The part of a client that looks, and changes nothing. */
export function reading(parts: ClientParts): Pick<Client, 'get' | 'list' | 'next' | 'stats' | 'slot'> {
  const { table, clock } = parts
  return {
    async get(event, { payload = false } = {}) {
      const reader = await table()
      const nowMs = clock.now()
      const ref = await placeOf(reader, event, { prefer: CHANGEABLE, nowMs })
      const facts = await eventFacts(reader, ref, nowMs)
      return payload ? { ...facts, payload: (await follow(reader, ref)).content?.payload } : facts
    },
    list: (filter) => list(parts, filter),
    next: (count, filter) => next(parts, count, filter),
    async *stats({ from, to } = {}) {
      const nowMs = clock.now()
      const both = from === undefined && to === undefined ? { to: { in: '1h' }, from: nowMs - HOUR_MS } : { from, to }
      yield* slotStats(await table(), { ...spanOf(both, nowMs), nowMs })
    },
    async slot(slot) {
      if (!isSlot(slot))
        throw new SchedulerError('FILTER_INVALID', `slot is ${show(slot)}: give a name such as 2026-11-23T12-34Z-00.`)
      return slotFacts(await table(), slot, clock.now())
    },
  }
}
