import type { EventsTable } from '../../aws/events-table.ts'
import type { Log } from '../../aws/log.ts'
import { type CheckpointWriter, MAX_CHECKPOINT_KEYS } from '../../core/checkpoint.ts'
import type { Clock } from '../../core/clock.ts'
import { type EventRef, LAST_KEY } from '../../core/event.ts'
import { BURST_EVENTS } from '../../core/segment.ts'
import type { Slot } from '../../core/slot.ts'
import { CHECKPOINT_MS } from '../../core/timetable.ts'

/**
 * Whoever ends a delivery tries for this long to write down what was published: otherwise it would be published again. It is
 * shorter than a claim lasts, and than a function has left.
 */
export const RECORD_FOR_MS = 30_000

/**
 * While so many events are published and not recorded, no more are: a burst goes out in its second though the table holds
 * its record up, and what follows waits for it.
 */
export const MAX_UNRECORDED = BURST_EVENTS

export interface CheckpointingDeps {
  table: Pick<EventsTable, 'checkpoint'>
  clock: Clock
  log: Log
}

export interface CheckpointingOptions {
  /**
   * The key at which a new emitter would go on.
   *
   * @default after the last one: nobody goes on
   */
  upTo?: (() => string) | undefined
  /** Is told the keys of the events that have been recorded. */
  recorded?: (keys: readonly string[]) => void
}

/** An event that was published, and is not yet recorded. */
interface Published {
  slot: Slot
  key: string
  lateMs: number
}

/** Records what was published, at least every second. What a crash leaves unrecorded goes out twice. */
export function startCheckpointing(
  deps: CheckpointingDeps,
  writer: CheckpointWriter,
  { upTo = () => LAST_KEY, recorded = () => {} }: CheckpointingOptions = {},
) {
  let published: Published[] = []
  /** How many of them a write is under way for. */
  let underWay = 0
  const isBehind = () => published.length + underWay >= MAX_UNRECORDED
  /** So that a write that failed is repeated with what came after it. */
  const flush = oneAtATime(async () => {
    const taken = published
    const position = upTo()
    published = []
    underWay = taken.length
    try {
      for (const [slot, all] of Map.groupBy(taken, (one) => one.slot))
        for (const some of inPieces(all)) await deps.table.checkpoint(slot, writer, factsOf(some, position))
    } catch (error) {
      // A part may have been written: naming an event in two checkpoints is harmless.
      published = taken.concat(published)
      underWay = 0
      throw error
    }
    underWay = 0
    if (taken.length > 0) recorded(taken.map(({ key }) => key))
  })
  const ticking = startTicking(deps, flush)

  return {
    /** Whether so much is unrecorded that nothing more may be published, see `MAX_UNRECORDED`. */
    isBehind,
    record({ slot, key }: EventRef, lateMs: number): void {
      published.push({ slot, key, lateMs })
      if (published.length === MAX_CHECKPOINT_KEYS) flush().catch(() => {})
    },
    /** Writes what is left, again and again where that fails. @throws if it cannot be written in time, see `RECORD_FOR_MS` */
    async finish(): Promise<void> {
      await ticking.stop()
      const untilMs = deps.clock.now() + RECORD_FOR_MS
      while (!(await isDone(flush(), deps.clock.now() < untilMs))) await deps.clock.sleep(CHECKPOINT_MS)
    },
  }
}

export type Checkpointing = ReturnType<typeof startCheckpointing>

/** The same work, begun only when the call before it is over, however that ended. */
function oneAtATime(work: () => Promise<void>): () => Promise<void> {
  let last = Promise.resolve()
  return () => {
    last = last.catch(() => {}).then(work)
    return last
  }
}

/** @throws what the work throws, unless it may fail */
async function isDone(work: Promise<void>, mayFail: boolean): Promise<boolean> {
  try {
    await work
    return true
  } catch (error) {
    if (mayFail) return false
    throw error
  }
}

/** Flushes once a second, until it is stopped. */
function startTicking({ clock, log }: CheckpointingDeps, flush: () => Promise<void>) {
  const stopped = new AbortController()
  const ticking = (async () => {
    while (!stopped.signal.aborted) {
      await clock.sleep(CHECKPOINT_MS, stopped.signal)
      await flush().catch((error) =>
        log.warn('checkpoint failed, tried again within a second', { error: String(error) }),
      )
    }
  })()
  return {
    stop(): Promise<void> {
      stopped.abort()
      return ticking
    },
  }
}

/** As many at a time as one checkpoint takes. */
function* inPieces(published: readonly Published[]): Generator<Published[]> {
  for (let i = 0; i < published.length; i += MAX_CHECKPOINT_KEYS) yield published.slice(i, i + MAX_CHECKPOINT_KEYS)
}

function factsOf(published: readonly Published[], upTo: string) {
  return { delivered: published.map(({ key }) => key), lateMs: published.map(({ lateMs }) => lateMs), upTo }
}
