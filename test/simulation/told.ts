import { type EventsReader, eventsReader } from '../../aws/events-table.ts'
import { placeOf } from '../../client/place-of.ts'
import { CLOCK_SKEW_MS, LONGEST_WRITE_MS } from '../../core/timetable.ts'
import { eventFacts } from '../../status/event-facts.ts'
import type { EventFacts } from '../../status/facts.ts'
import { listEvents } from '../../status/list-events.ts'
import type { Store } from '../memory/dynamodb/store.ts'
import { dynamoDBOver, TABLE_NAME } from '../memory/dynamodb.ts'
import { ON_TIME_MS } from './deadline.ts'
import { datesOf, Violation } from './judge.ts'
import type { Region } from './region.ts'
import { keyOf, type Story, statusesAt } from './story.ts'
import { historyOf } from './story-verdict.ts'

/** One event in so many is also asked for alone. */
const ASKED_ALONE = 10

/** Holds what the scheduler tells of each event against what the world saw of it, once its story is over. */
export function openTelling({ time, faults }: Region) {
  /** Whose clocks are right, and answered at once, says to the millisecond when it delivered. */
  const earlyMs = faults.enabled.has('skew') ? CLOCK_SKEW_MS : 0
  const lateMs = faults.enabled.size === 0 ? ON_TIME_MS : Number.POSITIVE_INFINITY
  /**
   * From when on an event may be told as delivered that its target took at an instant. Where one event is written twice side
   * by side, the acceptance of one and the delivery of the other is told: by two publishes of it, or by two invocations
   * that were handed the same message.
   */
  const earliestMs = (story: Story, dueAtMs: number, takenAtMs: number): number => {
    const asked = story.asked.filter(({ request }) => request.action === 'schedule' && request.dueAtMs === dueAtMs)
    if (faults.enabled.size === 0) return takenAtMs
    if (asked.length > 1) return Math.min(takenAtMs, ...asked.map(({ atMs }) => atMs))
    return asked.some(({ receives }) => receives > 1) ? takenAtMs - LONGEST_WRITE_MS : takenAtMs
  }
  const whyWrong = (story: Story, dueAtMs: number, facts: EventFacts | undefined): string | undefined => {
    const allowed = statusesAt(story, dueAtMs)
    if (!facts) return allowed.has(undefined) ? undefined : 'is not listed'
    if (!allowed.has(facts.status)) return `is told as ${facts.status}, and may be ${[...allowed].join(' or ')}`
    if (facts.status !== 'delivered' || faults.enabled.has('clockJump')) return undefined
    const { deliveredAtMs } = facts
    const isRight = (atMs: number) =>
      deliveredAtMs !== undefined &&
      deliveredAtMs >= earliestMs(story, dueAtMs, atMs) - earlyMs &&
      deliveredAtMs <= atMs + lateMs
    const takenAtMs = story.delivered.filter((one) => one.dueAtMs === dueAtMs).map(({ atMs }) => atMs)
    if (takenAtMs.some(isRight)) return undefined
    return `is told as delivered at ${deliveredAtMs}, and its target took it at ${takenAtMs.join(', ')}`
  }
  return {
    /**
     * Asks for the events of stories that are over, each once.
     * @param beforeMs they were due before, epoch ms
     * @returns the first of which something wrong is told
     */
    async firstWrong(store: Store, stories: readonly Story[], beforeMs: number): Promise<Violation | undefined> {
      const table = readerOf(store, time)
      const events = stories.flatMap((story) => [...datesOf(story)].map((dueAtMs) => ({ story, dueAtMs })))
      const fromMs = events.reduce((first, { dueAtMs }) => Math.min(first, dueAtMs), beforeMs)
      const told = new Map<string, EventFacts>()
      for await (const facts of listEvents(table, { fromMs, toMs: beforeMs, nowMs: time.now() }))
        told.set(keyOf(facts.id, facts.dueAtMs), facts)
      for (const [i, { story, dueAtMs }] of events.entries()) {
        const listed = told.get(keyOf(story.id, dueAtMs))
        const isAskedAlone = listed && i % ASKED_ALONE === 0
        const alone = isAskedAlone ? await factsOfOne(table, { id: story.id, dueAtMs }, time.now()) : listed
        const wrong = whyWrong(story, dueAtMs, listed) ?? whyWrong(story, dueAtMs, alone)
        if (wrong)
          return new Violation(`TOLD: ${story.id}, due ${new Date(dueAtMs).toISOString()}, ${wrong}${historyOf(story)}`)
      }
      return undefined
    },
  }
}

/** What a client is told that asks for one event alone. */
async function factsOfOne(table: EventsReader, { id, dueAtMs }: { id: string; dueAtMs: number }, nowMs: number) {
  const ref = await placeOf(table, { id, date: new Date(dueAtMs) }, { prefer: [], nowMs })
  return eventFacts(table, ref, nowMs)
}

/** A reader whom no fault strikes, and who takes no capacity from others. */
function readerOf(store: Store, clock: Region['time']) {
  const { client } = dynamoDBOver({ ...store, admits: () => true, admit: () => {}, charge: () => 0 })
  return eventsReader({ client, tableName: TABLE_NAME, clock })
}
