import type { Clock } from '../../core/clock.ts'
import type { ScheduledEvent } from '../../core/event.ts'
import { MAX_HELD_BYTES } from '../../core/segment.ts'
import { CLEARED_MS, POLL_MS, READ_AHEAD_MS } from '../../core/timetable.ts'
import type { Delivery } from '../delivery/delivery.ts'
import type { Ownership } from '../delivery/ownership.ts'
import type { SegmentLog } from './segment-log.ts'

/** While there is more, it is looked whether there still is this often, ms. */
const BUFFER_POLL_MS = 10

/** A look this old, ms, is repeated between two pages: only reading that takes long comes to that. */
const LOOK_AGAIN_MS = CLEARED_MS - POLL_MS / 2

export interface SegmentFeedDeps {
  clock: Clock
  log: SegmentLog
  delivery: Delivery
  owner: Pick<Ownership, 'isLost'>
}

/** Whether the segment is still its emitter's, or somebody else has taken it. */
export type Standing = 'owner' | 'superseded'

/** Hands a delivery the events of a segment's log, and clears them shortly before they go out. */
export function segmentFeed({ clock, log, delivery, owner }: SegmentFeedDeps) {
  const isFull = () => delivery.bytes() > MAX_HELD_BYTES
  let lookedAtMs = clock.now()

  const dropConcluded = async () => {
    const held = delivery.heldKeys()
    if (held)
      for await (const keys of log.outcomeKeys(held.first, held.last)) for (const key of keys) delivery.drop(key)
  }
  /**
   * Lets go of events that were cancelled or claimed since they were read, and has the others go out for a while: unless
   * they are somebody else's by now.
   */
  const clear = async (): Promise<Standing> => {
    lookedAtMs = clock.now()
    const untilMs = lookedAtMs + CLEARED_MS
    const [isLost] = await Promise.all([owner.isLost(), dropConcluded()])
    if (isLost) return 'superseded'
    delivery.clear(untilMs)
    return 'owner'
  }
  const waitForRoom = async (): Promise<Standing> => {
    let standing: Standing = clock.now() - lookedAtMs > LOOK_AGAIN_MS ? await clear() : 'owner'
    while (isFull() && standing === 'owner') {
      standing = await clear()
      for (let ms = 0; ms < POLL_MS && isFull(); ms += BUFFER_POLL_MS) await clock.sleep(BUFFER_POLL_MS)
    }
    return standing
  }
  return {
    /** Hands over what falls due next, what was deferred and what was announced, and clears what falls due first. */
    async poll(): Promise<Standing> {
      for await (const page of log.readUntil(clock.now() + READ_AHEAD_MS)) {
        // What cannot go out before it is cleared is not looked at twice.
        const concluded = await concludedOf(
          log,
          page.filter(({ emitAtMs }) => emitAtMs <= delivery.clearedUntilMs()),
        )
        delivery.hold(page.filter(({ key }) => !concluded.has(key)))
        if ((await waitForRoom()) === 'superseded') return 'superseded'
      }
      for await (const { keys, events } of log.lookUp(delivery.takeDeferred())) {
        delivery.resume(keys, events)
        if ((await waitForRoom()) === 'superseded') return 'superseded'
      }
      for await (const page of log.announced()) {
        delivery.hold(page)
        if ((await waitForRoom()) === 'superseded') return 'superseded'
      }
      return clear()
    },
  }
}

/** The keys of those events that were cancelled, claimed or have ended. */
async function concludedOf(log: SegmentLog, events: readonly ScheduledEvent[]): Promise<Set<string>> {
  const concluded = new Set<string>()
  const [first, last] = [events.at(0), events.at(-1)]
  if (!first || !last) return concluded
  for await (const keys of log.outcomeKeys(first.key, last.key)) for (const key of keys) concluded.add(key)
  return concluded
}
