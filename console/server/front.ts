import type { Client } from '../../client/client.ts'
import type { ListedEvent } from '../../client/event-list.ts'
import type { Clock } from '../../core/clock.ts'
import { minuteOf } from '../../core/slot.ts'
import type { SlotStats } from '../../status/facts.ts'
import { REDRIVABLE } from '../../status/status.ts'
import { kept } from './kept.ts'

/** Minutes behind and ahead that the front page shows. */
const BEHIND_MS = 15 * 60_000
const AHEAD_MS = 60 * 60_000
const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** Events of each kind that it looks at: what went wrong, and what is due next. */
const MOST_FAILED = 1_000
const NEXT = 40

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

/** An hour and how many events are due in it. */
export interface HourCount {
  hourMs: number
  events: number
}

/** What the front page shows; what takes longer to read is absent at first. */
export interface Front {
  /** The server's time, epoch ms. */
  nowMs: number
  /** Of the last quarter of an hour and of the next hour. */
  slots: SlotStats[]
  /** Whether every minute has been counted. */
  isCounted: boolean
  /** The hours after that, until in a day. */
  hours?: HourCount[] | undefined
  next?: ListedEvent[] | undefined
  failures?: FailureGroup[] | undefined
}

/** What the front page shows, read while somebody looks: what changes soon more often than what does not. */
export function frontOf(client: Client, clock: Clock) {
  const slotsBetween = async (fromMs: number, toMs: number, tell: (part: SlotStats[]) => void) => {
    const slots: SlotStats[] = []
    for await (const slot of client.stats({ from: fromMs, to: toMs })) {
      slots.push(slot)
      tell([...slots])
    }
    return slots
  }
  /** Up to and with the minute that is next. */
  const nearMs = () => minuteOf(clock.now()) + 120_000
  /** What was settled when it was read last does not change: only the minutes after that are read again. */
  let settled: SlotStats[] = []
  let unsettledFromMs = Number.NEGATIVE_INFINITY
  const recent = kept<SlotStats[]>({
    clock,
    everyMs: 2_000,
    read: async (tell) => {
      const thisMs = minuteOf(clock.now())
      settled = settled.filter(({ minuteMs }) => minuteMs >= thisMs - BEHIND_MS)
      const slots = await slotsBetween(Math.max(thisMs - BEHIND_MS, unsettledFromMs), nearMs(), (part) =>
        tell([...settled, ...part]),
      )
      // Events may still be parked in a minute that is only just over, where clocks differ.
      unsettledFromMs = Math.min(thisMs - MINUTE_MS, ...slots.flatMap((one) => (one.settled ? [] : [one.minuteMs])))
      const all = [...settled, ...slots]
      settled = all.filter(({ minuteMs }) => minuteMs < unsettledFromMs)
      return all
    },
  })
  const ahead = kept<SlotStats[]>({
    clock,
    everyMs: 60_000,
    read: (tell) => slotsBetween(nearMs(), clock.now() + AHEAD_MS, tell),
  })
  const hours = kept<HourCount[]>({
    clock,
    everyMs: 300_000,
    read: async (tell) => {
      const fromMs = (Math.floor((clock.now() + AHEAD_MS) / HOUR_MS) + 1) * HOUR_MS
      const counts = Array.from({ length: 23 }, (_, i) => ({ hourMs: fromMs + i * HOUR_MS, events: 0 }))
      for await (const { minuteMs, events } of client.stats({ from: fromMs, to: fromMs + 23 * HOUR_MS })) {
        const hour = counts[Math.floor((minuteMs - fromMs) / HOUR_MS)]
        if (hour) hour.events += events
        tell(counts)
      }
      return counts
    },
  })
  const next = kept({ clock, everyMs: 2_000, read: () => client.next(NEXT) })
  const failed = (fromMs: number, toMs: number) =>
    Array.fromAsync(client.list({ from: fromMs, to: toMs, limit: MOST_FAILED, status: REDRIVABLE }))
  /** The day's but for the last quarter of an hour: what was due there has mostly ended, and is read again now and then. */
  let oldUntilMs: number | undefined
  const oldFailures = kept({
    clock,
    everyMs: 60_000,
    read: async () => {
      const nowMs = clock.now()
      const found = await failed(nowMs - DAY_MS, nowMs - BEHIND_MS)
      oldUntilMs = nowMs - BEHIND_MS
      return found
    },
  })
  const newFailures = kept({
    clock,
    everyMs: 5_000,
    read: () => failed(oldUntilMs ?? clock.now() - BEHIND_MS, clock.now() + 1),
  })
  return {
    async read(): Promise<Front> {
      const [near, far, later, due, ofOld, ofNew] = await Promise.all([
        recent.get(),
        ahead.get(),
        hours.get(),
        next.get(),
        oldFailures.get(),
        newFailures.get(),
      ])
      const nowMs = clock.now()
      return {
        nowMs,
        slots: merged(near.value, far.value),
        isCounted: near.isWhole && far.isWhole,
        hours: later.value,
        next: due.value,
        failures: ofOld.value && ofNew.value && groupsOf([...ofOld.value, ...ofNew.value]),
      }
    },
    /** Something was changed: what is shown next is read anew. */
    expire(): void {
      for (const one of [recent, ahead, hours, next, oldFailures, newFailures]) one.expire()
    },
  }
}

/** What was read more recently counts. */
function merged(near: readonly SlotStats[] = [], far: readonly SlotStats[] = []): SlotStats[] {
  const slots = new Map([...far, ...near].map((one) => [one.slot, one]))
  return [...slots.values()].sort((one, other) => (one.slot < other.slot ? -1 : 1))
}

/** @param failed may name one twice: as it was read first, and again */
function groupsOf(failed: readonly ListedEvent[]): FailureGroup[] {
  const groups = new Map<string, FailureGroup>()
  const each = new Map(failed.map((one) => [one.cursor, one])).values()
  for (const { id, code = 'EXPIRED', target = '', reason = '' } of each) {
    const key = `${code} ${target}`
    const group = groups.get(key) ?? { code, target, count: 0, error: reason, id }
    groups.set(key, { ...group, count: group.count + 1 })
  }
  return [...groups.values()].sort((one, other) => other.count - one.count)
}
