import { expiresAt } from '../../aws/events-table/retention.ts'
import type { EventsTable } from '../../aws/events-table.ts'
import type { Checkpoint, CheckpointWriter } from '../../core/checkpoint.ts'
import type { Clock, Random } from '../../core/clock.ts'
import { SchedulerError } from '../../core/errors.ts'
import { type EventRef, emitAtMsOf, FIRST_KEY, keyAt, LAST_KEY, type ScheduledEvent } from '../../core/event.ts'
import type { Outcome, OutcomeKind } from '../../core/outcome.ts'
import type { RunnerRecord } from '../../core/runner-record.ts'
import { type Slot, slotEndMs } from '../../core/slot.ts'
import { CLAIM_MS } from '../../core/timetable.ts'
import type { Watermark } from '../../core/watermark.ts'
import { SortedMap } from './sorted-map.ts'

/** Everything about one slot. */
interface SlotFacts {
  events: SortedMap<ScheduledEvent>
  outcomes: SortedMap<Outcome>
  /** Announced keys, by when the last of them is emitted. */
  announcements: SortedMap<string[]>
  checkpoints: Map<string, SortedMap<Checkpoint>>
  delivered: Set<string>
  record: { -readonly [Field in keyof RunnerRecord]: RunnerRecord[Field] }
  /** When the last fact about the slot expires, epoch seconds. */
  expiresAt: number
}

export interface EventsInMemory extends EventsTable {
  /** All events of a slot, in key order. */
  eventsIn(slot: Slot): ScheduledEvent[]
  /** What is recorded of a slot's delivery. */
  recordIn(slot: Slot): RunnerRecord
  /** All outcomes of a slot, in key order. */
  outcomesIn(slot: Slot): Outcome[]
  /** Names of the slots about which something is known. */
  slots(): Slot[]
  /** Forgets the slots whose retention is over, as the TTL does. */
  forgetExpired(): void
}

const PAGE = 500

/** The events table without DynamoDB. Passes the same behaviour suite, and takes a million events. */
export function eventsInMemory({
  clock,
  retentionDays = 30,
}: {
  clock: Clock
  random?: Random
  retentionDays?: number
}): EventsInMemory {
  const slots = new Map<Slot, SlotFacts>()
  let watermark: Watermark | undefined
  let written = 0

  const factsOf = (slot: Slot): SlotFacts => {
    const facts = slots.get(slot) ?? nothingKnown()
    slots.set(slot, facts)
    return facts
  }
  const touch = (slot: Slot, dueAtMs: number): SlotFacts => {
    const facts = factsOf(slot)
    facts.expiresAt = Math.max(facts.expiresAt, expiresAt(dueAtMs, { clock, retentionDays }))
    return facts
  }
  const put = (outcome: Outcome, allowed: (before: Outcome | undefined) => boolean): boolean => {
    const { slot, key } = outcome
    if (!allowed(slots.get(slot)?.outcomes.get(key))) return false
    touch(slot, emitAtMsOf(key)).outcomes.set(key, frozen(outcome))
    return true
  }
  const recordOf = (slot: Slot): RunnerRecord => frozen(slots.get(slot)?.record ?? { runs: 1, version: 0 })

  return {
    async park(parked) {
      refuseDuplicates(parked)
      for (const event of parked) touch(event.slot, event.emitAtMs).events.set(event.key, frozenFlat(event))
      const soon = parked.filter(({ lane }) => lane === 'soon')
      for (const [slot, events] of Map.groupBy(soon, (event) => event.slot)) {
        const last = Math.max(...events.map(({ emitAtMs }) => emitAtMs))
        const keys = events.map(({ key }) => key)
        factsOf(slot).announcements.set(`${keyAt(last)}${String(written++).padStart(12, '0')}`, keys)
      }
    },
    async *announced(slot, fromMs) {
      for await (const page of pages(() => slots.get(slot)?.announcements, keyAt(fromMs), LAST_KEY)) yield page.flat()
    },
    async find(refs) {
      refuseDuplicates(refs)
      return refs.flatMap(({ slot, key }) => slots.get(slot)?.events.get(key) ?? [])
    },
    async *eventsBetween(slot, from, to) {
      for await (const page of pages(() => slots.get(slot)?.events, from, to)) yield page.filter(({ key }) => key < to)
    },
    async *keysBetween(slot, from, to) {
      for await (const page of pages(() => slots.get(slot)?.events, from, to))
        yield page.map(({ key }) => key).filter((key) => key < to)
    },
    async *plannedEvents(slot) {
      for await (const page of pages(() => slots.get(slot)?.events, FIRST_KEY, LAST_KEY))
        yield page.filter(({ lane }) => lane !== 'express').map(({ key, payload }) => ({ key, size: payload.length }))
    },
    async holdsEvents(slot) {
      return (slots.get(slot)?.events.size ?? 0) > 0
    },

    async conclude(outcome) {
      put(outcome, () => true)
    },
    async concludeFirst(outcome) {
      return put(outcome, (before) => before === undefined)
    },
    async concludeInstead(outcome, kinds: readonly OutcomeKind[]) {
      return put(outcome, (before) => before !== undefined && kinds.includes(before.kind))
    },
    async claim({ slot, key }, by) {
      const atMs = clock.now()
      const ours = (before: Outcome | undefined) =>
        before === undefined || (before.kind === 'claimed' && (before.by === by || before.atMs <= atMs - CLAIM_MS))
      return put({ slot, key, kind: 'claimed', atMs, by }, ours)
    },
    async outcomesOf(refs) {
      refuseDuplicates(refs)
      return refs.flatMap(({ slot, key }) => slots.get(slot)?.outcomes.get(key) ?? [])
    },
    async lookUp(refs) {
      refuseDuplicates(refs)
      const events = refs.flatMap(({ slot, key }) => slots.get(slot)?.events.get(key) ?? [])
      return { events, outcomes: refs.flatMap(({ slot, key }) => slots.get(slot)?.outcomes.get(key) ?? []) }
    },
    async *outcomesBetween(slot, from, to) {
      yield* pages(() => slots.get(slot)?.outcomes, from, to)
    },

    async checkpoint(slot, writer, facts) {
      const { checkpoints, delivered } = touch(slot, slotEndMs(slot))
      const log = checkpoints.get(nameOf(writer)) ?? new SortedMap<Checkpoint>()
      checkpoints.set(nameOf(writer), log)
      log.set(`${String(clock.now()).padStart(15, '0')}#${String(written++).padStart(12, '0')}`, frozen(facts))
      for (const key of facts.delivered) delivered.add(key)
    },
    async *checkpoints(slot, writer) {
      yield* pages(() => slots.get(slot)?.checkpoints.get(nameOf(writer)), FIRST_KEY, LAST_KEY)
    },
    async isDelivered({ slot, key }) {
      return slots.get(slot)?.delivered.has(key) ?? false
    },

    async runnerRecord(slot) {
      return recordOf(slot)
    },
    async saveSegments(slot, segments) {
      const { record } = touch(slot, slotEndMs(slot))
      record.segments ??= frozen([...segments])
      return record.segments
    },
    async saveRun(slot, run) {
      touch(slot, slotEndMs(slot)).record.runs = run
    },
    async unsettle(slot) {
      const { record } = touch(slot, slotEndMs(slot))
      record.version++
      delete record.settledAtMs
      return recordOf(slot)
    },
    async settle(slot, version, settlement) {
      if (recordOf(slot).version !== version) return false
      Object.assign(touch(slot, slotEndMs(slot)).record, { settledAtMs: clock.now(), settlement: frozen(settlement) })
      return true
    },

    async beginWatermark(minuteMs) {
      watermark ??= frozen({ sweptUntilMs: minuteMs, auditedUntilMs: minuteMs, shards: 0 })
    },
    async watermark() {
      return watermark
    },
    async saveWatermark({ sweptUntilMs, auditedUntilMs, shards }) {
      watermark = frozen({ sweptUntilMs, auditedUntilMs, shards })
    },

    eventsIn: (slot) => all(slots.get(slot)?.events),
    recordIn: recordOf,
    outcomesIn: (slot) => all(slots.get(slot)?.outcomes),
    slots: () => [...slots.keys()].sort(),
    forgetExpired() {
      for (const [slot, facts] of slots) if (facts.expiresAt * 1_000 <= clock.now()) slots.delete(slot)
    },
  }
}

function nothingKnown(): SlotFacts {
  return {
    events: new SortedMap(),
    outcomes: new SortedMap(),
    announcements: new SortedMap(),
    checkpoints: new Map(),
    delivered: new Set(),
    record: { runs: 1, version: 0 },
    expiresAt: 0,
  }
}

/** Reads on from the last key, so that what is written meanwhile further on is seen, as by a query. */
async function* pages<V>(source: () => SortedMap<V> | undefined, from: string, to: string): AsyncGenerator<V[]> {
  if (from > to) throw validationException('The BETWEEN operator requires upper bound to be greater than lower bound')
  let after = false
  for (let start = from; ; after = true) {
    const entries = source()?.slice({ from: start, after, to, limit: PAGE }) ?? []
    yield entries.map(([, value]) => value)
    if (entries.length < PAGE) return
    start = entries.at(-1)?.[0] as string
  }
}

function all<V>(source: SortedMap<V> | undefined): V[] {
  const range = { from: FIRST_KEY, after: false, to: LAST_KEY, limit: Number.POSITIVE_INFINITY }
  return source?.slice(range).map(([, value]) => value) ?? []
}

function nameOf(writer: CheckpointWriter): string {
  return String(writer)
}

/** DynamoDB takes no batch that names an item twice. */
function refuseDuplicates(refs: readonly EventRef[]): void {
  if (new Set(refs.map(({ slot, key }) => `${slot}/${key}`)).size < refs.length)
    throw validationException('Provided list of item keys contains duplicates')
}

function validationException(message: string): SchedulerError {
  const cause = Object.assign(new Error(message), { name: 'ValidationException' })
  return new SchedulerError('TABLE_UNAVAILABLE', message, { cause })
}

/** A copy nobody can change, without the undefined fields that DynamoDB would not keep either. */
function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return Object.freeze(value.map(frozen)) as T
  const kept = Object.entries(value).filter(([, field]) => field !== undefined)
  return Object.freeze(Object.fromEntries(kept.map(([name, field]) => [name, frozen(field)]))) as T
}

/** The same for a value without inner ones, faster. */
function frozenFlat<T extends object>(value: T): T {
  const copy: Partial<T> = {}
  for (const name in value) if (value[name] !== undefined) copy[name] = value[name]
  return Object.freeze(copy) as T
}
