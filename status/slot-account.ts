import type { EventsReader } from '../aws/events-table.ts'
import type { CheckpointWriter } from '../core/checkpoint.ts'
import { type EventHead, emitAtMsOf, LAST_KEY } from '../core/event.ts'
import { addLateness, summarize } from '../core/lateness.ts'
import { type EndKind, hasEnded, isAskedSince, isUndelivered, type Outcome } from '../core/outcome.ts'
import { type AccountProgress, emptyAccount } from '../core/runner-record.ts'
import { type Segment, segmentsOf } from '../core/segment.ts'
import type { Settlement } from '../core/settlement.ts'
import type { Slot } from '../core/slot.ts'
import { type AccountWindow, readWindow } from './account-window.ts'

export type AccountTable = Pick<
  EventsReader,
  'checkpoints' | 'keysBetween' | 'findHeads' | 'present' | 'outcomesBetween'
>

/** An event that has neither been delivered nor ended otherwise. */
export interface UnaccountedEvent {
  event: EventHead
  /** A claim, or that it is tried again, if its next attempt is not there, or how it ended, if it was asked for again since. */
  outcome: Outcome | undefined
}

/** The keys of a page of such events, and the outcomes of the whole window by key. */
interface UnaccountedKeys {
  keys: string[]
  outcomes: ReadonlyMap<string, Outcome>
}

/** Most unaccounted events of a page. */
const PAGE_EVENTS = 500

export interface AccountOptions {
  /** The slot's segments, if it has been planned. */
  segments?: readonly Segment[] | undefined
  /** How far an account that was cut off has come. */
  progress?: AccountProgress | undefined
}

/**
 * The account of a slot, from its facts: reads every key once, never a payload, and holds a window of keys at a time.
 * Between two windows it can be cut off, and goes on from its progress.
 */
export function accountOf(table: AccountTable, slot: Slot, options: AccountOptions = {}) {
  const { segments = segmentsOf(slot, []), progress = emptyAccount() } = options
  const { settlement, lateness } = structuredClone(progress)
  let { position, unreadable } = progress

  /** @returns until when events may have been delivered that no checkpoint names which can be read, epoch ms */
  const countDelivered = async ({ from, to, open }: AccountWindow) => {
    const ours = segments.filter((segment) => segment.from < to && segment.to > from)
    /** A segment may reach into several windows, and is late once. */
    const begun = new Set<CheckpointWriter>(ours.filter((segment) => segment.from >= from).map(({ index }) => index))
    let doubtUntilMs = Number.NEGATIVE_INFINITY
    for (const writer of ['express', ...ours.map(({ index }) => index), 'settle'] as const)
      for await (const page of table.checkpoints(slot, writer))
        for (const checkpoint of page) {
          for (const key of checkpoint.delivered) if (open.delete(key)) countDelivery(settlement, writer)
          if (begun.has(writer)) for (const lateMs of checkpoint.lateMs) addLateness(lateness, lateMs)
          doubtUntilMs = Math.max(doubtUntilMs, checkpoint.doubtUntilMs ?? doubtUntilMs)
        }
    return doubtUntilMs
  }
  const countOutcomes = async ({ span, open }: AccountWindow) => {
    const left = new Map<string, Outcome>()
    if (!span) return left
    for await (const page of table.outcomesBetween(slot, span.first, span.last)) {
      const found = page.filter(({ key }) => open.has(key))
      const halfDone = new Set([...(await leadingNowhere(table, found)), ...(await askedSince(table, found))])
      for (const outcome of found)
        if (!hasEnded(outcome) || halfDone.has(outcome.key)) left.set(outcome.key, outcome)
        else if (open.delete(outcome.key)) settlement[outcome.kind]++
    }
    return left
  }
  async function* unaccountedKeysOfNext(isOver: () => boolean = () => false): AsyncGenerator<UnaccountedKeys> {
    const window = await readWindow(table, slot, { from: position, isOver })
    settlement.events += window.open.size
    const doubtUntilMs = await countDelivered(window)
    const outcomes = await countOutcomes(window)
    const isSure = (key: string) => emitAtMsOf(key) > doubtUntilMs && outcomes.get(key)?.kind !== 'unreadable'
    for (const open of pagesOf(window.open)) {
      const keys = open.filter(isSure)
      unreadable += open.length - keys.length
      yield { keys, outcomes }
    }
    position = window.to
  }
  async function* unaccountedOfNext(isOver?: () => boolean): AsyncGenerator<UnaccountedEvent[]> {
    for await (const { keys, outcomes } of unaccountedKeysOfNext(isOver)) {
      const events = await table.findHeads(keys.map((key) => ({ slot, key })))
      unreadable += keys.length - events.length
      if (events.length > 0) yield events.map((event) => ({ event, outcome: outcomes.get(event.key) }))
    }
  }
  const isComplete = () => position === LAST_KEY
  return {
    /** Pages of the events of the next window that are unaccounted for; the others are counted. */
    unaccountedOfNext,
    /** Whether every window has been counted. */
    isComplete,
    /** How far it has come: between two windows only. */
    progress: (): AccountProgress => structuredClone({ position, settlement, lateness, unreadable }),
    /** The same pages of all windows. */
    async *unaccountedEvents(): AsyncGenerator<UnaccountedEvent[]> {
      while (!isComplete()) yield* unaccountedOfNext()
    },
    /** Their keys alone, at little cost: those of events that cannot be read among them. */
    async *unaccountedKeys(): AsyncGenerator<string[]> {
      while (!isComplete()) for await (const { keys } of unaccountedKeysOfNext()) yield keys
    },
    /** Everything counted, once all pages have been read. */
    async settlement(): Promise<Settlement> {
      const total = { ...lateness }
      for (const writer of ['express', 'settle'] as const)
        for await (const page of table.checkpoints(slot, writer))
          for (const { lateMs } of page) for (const late of lateMs) addLateness(total, late)
      return { ...settlement, latenessMs: summarize(total) }
    },
    /**
     * How many events this version can say nothing about: they, their outcomes, or the checkpoints that may name them
     * cannot be read. They are left alone, and their slot cannot be settled. Known once all pages have been read.
     */
    unreadable: (): number => unreadable,
    /** Counts what the settler has made of unaccounted events since. */
    ended(how: 'delivered' | EndKind, events: number): void {
      settlement[how] += events
      if (how === 'delivered') settlement.deliveredBySettler += events
    },
  }
}

export type SlotAccount = ReturnType<typeof accountOf>

/** @param writer whose checkpoint was the first to name it; the settlers' are looked at last */
function countDelivery(settlement: Settlement, writer: CheckpointWriter): void {
  settlement.delivered++
  if (writer === 'settle') settlement.deliveredBySettler++
}

/** The keys of events that are said to be tried again, and whose next attempt nobody has parked: who was to, has crashed. */
async function leadingNowhere(table: AccountTable, outcomes: readonly Outcome[]): Promise<string[]> {
  const leading = outcomes.flatMap(({ kind, key, next }) => (kind === 'retrying' && next ? [{ key, next }] : []))
  const there = new Set((await table.present(leading.map(({ next }) => next))).map(({ slot, key }) => slot + key))
  return leading.filter(({ next }) => !there.has(next.slot + next.key)).map(({ key }) => key)
}

/** The keys of events that failed or expired, and were asked for again before that was written: who was to see it, has crashed. */
async function askedSince(table: AccountTable, outcomes: readonly Outcome[]): Promise<string[]> {
  const ended = outcomes.filter(isUndelivered)
  if (ended.length === 0) return []
  const heads = new Map((await table.findHeads(ended)).map((head) => [head.key, head]))
  return ended.filter((outcome) => isAskedSince(heads.get(outcome.key), outcome)).map(({ key }) => key)
}

/** The keys in pages; the last may be empty. */
function* pagesOf(keys: Iterable<string>): Generator<string[]> {
  let page: string[] = []
  for (const key of keys) {
    page.push(key)
    if (page.length < PAGE_EVENTS) continue
    yield page
    page = []
  }
  yield page
}
