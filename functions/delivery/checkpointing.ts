import type { EventsTable } from '../../aws/events-table.ts'
import type { Log } from '../../aws/log.ts'
import { type CheckpointWriter, MAX_CHECKPOINT_KEYS } from '../../core/checkpoint.ts'
import type { Clock } from '../../core/clock.ts'
import { type EventRef, LAST_KEY } from '../../core/event.ts'
import { addLateness, type Lateness } from '../../core/lateness.ts'
import type { Slot } from '../../core/slot.ts'
import { CHECKPOINT_MS } from '../../core/timetable.ts'

export interface CheckpointDeps {
  table: Pick<EventsTable, 'checkpoint'>
  clock: Clock
  log: Log
}

interface Published {
  slot: Slot
  key: string
  lateMs: number
}

/**
 * Records what was published, at least every second. What a crash leaves unrecorded goes out twice.
 * @param upTo where a new emitter would go on
 */
export function startCheckpointing(
  { table, clock, log }: CheckpointDeps,
  writer: CheckpointWriter,
  upTo: () => string = () => LAST_KEY,
) {
  let published: Published[] = []
  let flushing = Promise.resolve()
  const stopped = new AbortController()

  const write = async () => {
    const taken = published
    const position = upTo()
    published = []
    try {
      for (const [slot, all] of Map.groupBy(taken, (one) => one.slot))
        for (let i = 0; i < all.length; i += MAX_CHECKPOINT_KEYS)
          await table.checkpoint(slot, writer, factsOf(all.slice(i, i + MAX_CHECKPOINT_KEYS), position))
    } catch (error) {
      // A part may have been written: naming an event in two checkpoints is harmless.
      published = taken.concat(published)
      throw error
    }
  }
  /** One write at a time, so that a failed one is repeated with what came after it. */
  const flush = () => {
    flushing = flushing.catch(() => {}).then(write)
    return flushing
  }
  const ticking = (async () => {
    while (!stopped.signal.aborted) {
      await clock.sleep(CHECKPOINT_MS, stopped.signal)
      await flush().catch((error) =>
        log.warn('checkpoint failed, tried again within a second', { error: String(error) }),
      )
    }
  })()

  return {
    record({ slot, key }: EventRef, lateMs: number): void {
      published.push({ slot, key, lateMs })
      if (published.length === MAX_CHECKPOINT_KEYS) flush().catch(() => {})
    },
    /** Writes what is left. @throws if it cannot be written */
    async finish(): Promise<void> {
      stopped.abort()
      await ticking
      await flush()
    },
  }
}

export type Checkpointing = ReturnType<typeof startCheckpointing>

function factsOf(published: readonly Published[], upTo: string) {
  const lateness: Lateness = {}
  for (const { lateMs } of published) addLateness(lateness, lateMs)
  return { delivered: published.map(({ key }) => key), upTo, lateness }
}
