import { eventsReader } from '../../aws/events-table.ts'
import { FAILURE_CODES } from '../../core/errors.ts'
import { type EventRef, eventKey } from '../../core/event.ts'
import { slotOf } from '../../core/slot.ts'
import { CLOCK_SKEW_MS } from '../../core/timetable.ts'
import { eventFacts } from '../../status/event-facts.ts'
import type { EventFacts } from '../../status/facts.ts'
import { listEvents } from '../../status/list-events.ts'
import type { Status } from '../../status/status.ts'
import type { Store } from '../memory/dynamodb/store.ts'
import { dynamoDBOver, TABLE_NAME } from '../memory/dynamodb.ts'
import { ON_TIME_MS } from './deadline.ts'
import { type Judge, Violation } from './judge.ts'
import { type Region, SHARDS } from './region.ts'
import { nameOf } from './strikes.ts'

/** What the world saw of one event, as far as it decides what may be told of it. */
interface Seen {
  id: string
  dueAtMs: number
  /** When its target took it, epoch ms. */
  takenAtMs: number[]
  /** Statuses of which its client has heard, or for which it has asked. */
  endings: Set<Status>
}

/** One event in so many is also asked for alone. */
const ASKED_ALONE = 10

/** Watches what the judge is told, and holds what the scheduler tells of each event against it once that must have ended. */
export function openTelling(judge: Judge, { time, faults }: Region) {
  const seen = new Map<string, Seen>()
  const watched: Judge = {
    ...judge,
    scheduled(id, dueAtMs, latestAtMs) {
      judge.scheduled(id, dueAtMs, latestAtMs)
      const name = nameOf(id, dueAtMs)
      if (!seen.has(name)) seen.set(name, { id, dueAtMs, takenAtMs: [], endings: new Set() })
    },
    cancelRequested(id, dueAtMs) {
      judge.cancelRequested(id, dueAtMs)
      seen.get(nameOf(id, dueAtMs))?.endings.add('cancelled')
    },
    published(event) {
      judge.published(event)
      seen.get(nameOf(event.id, event.dueAtMs))?.takenAtMs.push(time.now())
    },
    notified(notice) {
      judge.notified(notice)
      const { id = '', date = '', action } = notice.event
      const one = seen.get(nameOf(id, Date.parse(date)))
      const ending = endingOf(notice.code)
      if (action && notice.code !== 'EVENT_NOT_FOUND') one?.endings.delete('cancelled')
      else if (ending) one?.endings.add(ending)
    },
  }
  /** Whose clocks are right, and answered at once, says to the millisecond when it delivered. */
  const earlyMs = faults.enabled.has('skew') ? CLOCK_SKEW_MS : 0
  const lateMs = faults.enabled.size === 0 ? ON_TIME_MS : Number.POSITIVE_INFINITY
  const whyWrong = ({ takenAtMs, endings }: Seen, { status, deliveredAtMs }: EventFacts): string | undefined => {
    const allowed = allowedOf(takenAtMs, endings)
    if (!allowed.has(status)) return `is told as ${status}, and may be ${[...allowed].join(' or ')}`
    if (status !== 'delivered' || faults.enabled.has('clockJump')) return undefined
    const isRight = (atMs: number) =>
      deliveredAtMs !== undefined && deliveredAtMs >= atMs - earlyMs && deliveredAtMs <= atMs + lateMs
    if (takenAtMs.some(isRight)) return undefined
    return `is told as delivered at ${deliveredAtMs}, and its target took it at ${takenAtMs.join(', ')}`
  }
  return {
    judge: watched,
    /** Asks for the events due before an instant long past, each once. @returns the first of which something wrong is told */
    async firstWrong(store: Store, beforeMs: number): Promise<Violation | undefined> {
      const table = readerOf(store, time)
      const ended = [...seen].filter(([, { dueAtMs }]) => dueAtMs < beforeMs)
      const fromMs = ended.reduce((first, [, { dueAtMs }]) => Math.min(first, dueAtMs), beforeMs)
      const told = new Map<string, EventFacts>()
      for await (const facts of listEvents(table, { fromMs, toMs: beforeMs, nowMs: time.now() }))
        told.set(nameOf(facts.id, facts.dueAtMs), facts)
      for (const [i, [name, one]] of ended.entries()) {
        seen.delete(name)
        const listed = told.get(name)
        const alone = i % ASKED_ALONE === 0 ? await eventFacts(table, refOf(one), time.now()) : listed
        const wrong = listed && alone ? (whyWrong(one, listed) ?? whyWrong(one, alone)) : 'is not listed'
        if (wrong) return new Violation(`TOLD: ${one.id}, due ${new Date(one.dueAtMs).toISOString()}, ${wrong}`)
      }
      return undefined
    },
  }
}

/** What a target has taken is delivered, whatever its client was told before; what it has not, ended as its client knows. */
function allowedOf(takenAtMs: readonly number[], endings: ReadonlySet<Status>): ReadonlySet<Status> {
  if (takenAtMs.length === 0) return endings
  return new Set<Status>(['delivered', ...[...endings].filter((status) => status !== 'cancelled')])
}

function endingOf(code: string): Status | undefined {
  if (code === 'EXPIRED') return 'expired'
  return (FAILURE_CODES as readonly string[]).includes(code) ? 'failed' : undefined
}

/** Where an event stands first. */
function refOf({ id, dueAtMs }: Seen): EventRef {
  return { slot: slotOf(dueAtMs, id, SHARDS), key: eventKey(dueAtMs, id, 1) }
}

/** A reader whom no fault strikes, and who takes no capacity from others. */
function readerOf(store: Store, clock: Region['time']) {
  const { client } = dynamoDBOver({ ...store, admits: () => true, admit: () => {}, charge: () => 0 })
  return eventsReader({ client, tableName: TABLE_NAME, clock })
}
