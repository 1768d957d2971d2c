import type { Client } from '../../client/client.ts'
import type { ListedEvent } from '../../client/event-list.ts'
import type { SlotStats } from '../../status/facts.ts'

/** Minutes behind and ahead that the front page shows. */
const BEHIND_MS = 15 * 60_000
const AHEAD_MS = 60 * 60_000

/** Events of each kind that it looks at: what went wrong, and what is due next. */
const MOST_FAILED = 200
const NEXT = 8

/** Failures of one kind. */
export interface FailureGroup {
  code: string
  target: string
  count: number
  /** The sentence of one of them. */
  error: string
  /** One of them. */
  id: string
}

/** What the front page shows. */
export interface Front {
  /** The server's time, epoch ms. */
  nowMs: number
  slots: SlotStats[]
  next: ListedEvent[]
  failures: FailureGroup[]
}

/** Reads what the front page shows. */
export async function readFront(client: Client, nowMs: number): Promise<Front> {
  const span = { from: nowMs - BEHIND_MS, to: nowMs + AHEAD_MS }
  const [slots, next, failed] = await Promise.all([
    Array.fromAsync(client.stats(span)),
    client.next(NEXT),
    Array.fromAsync(
      client.list({ from: nowMs - 24 * 3_600_000, to: nowMs, status: ['failed', 'expired'], limit: MOST_FAILED }),
    ),
  ])
  return { nowMs, slots, next, failures: groupsOf(failed) }
}

function groupsOf(failed: readonly ListedEvent[]): FailureGroup[] {
  const groups = new Map<string, FailureGroup>()
  for (const { id, code = 'EXPIRED', target = '', reason = '' } of failed) {
    const key = `${code} ${target}`
    const group = groups.get(key) ?? { code, target, count: 0, error: reason, id }
    groups.set(key, { ...group, count: group.count + 1 })
  }
  return [...groups.values()].sort((one, other) => other.count - one.count)
}
