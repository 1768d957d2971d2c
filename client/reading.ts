import { eventFacts } from '../status/event-facts.ts'
import { follow } from '../status/event-status.ts'
import { slotStats } from '../status/slot-stats.ts'
import type { Client } from './client.ts'
import { list, next } from './list.ts'
import type { ClientParts } from './parts.ts'
import { placeOf } from './place-of.ts'
import { spanOf } from './span.ts'

const HOUR_MS = 3_600_000

/** The part of a client that looks, and changes nothing. */
export function reading(parts: ClientParts): Pick<Client, 'get' | 'list' | 'next' | 'stats'> {
  const { table, clock } = parts
  return {
    async get(event, { payload = false } = {}) {
      const reader = await table()
      const ref = await placeOf(reader, event, { prefer: ['pending', 'retrying'], nowMs: clock.now() })
      const facts = await eventFacts(reader, ref)
      return payload ? { ...facts, payload: (await follow(reader, ref)).content?.payload } : facts
    },
    list: (filter) => list(parts, filter),
    next: (count, filter) => next(parts, count, filter),
    async *stats({ from, to } = {}) {
      const nowMs = clock.now()
      const both = from === undefined && to === undefined ? { to: { in: '1h' }, from: nowMs - HOUR_MS } : { from, to }
      yield* slotStats(await table(), { ...spanOf(both, nowMs), nowMs })
    },
  }
}
