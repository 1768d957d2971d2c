import type { Clock } from '../core/clock.ts'
import { type Slot, settleAtMs } from '../core/slot.ts'

/**
 * The slots that an instance of a function has opened, and when it did. What is forgotten is only opened once more, which
 * is harmless; slots that may be settled are forgotten, so that an instance that lives for days remembers minutes.
 */
export function openedSlots({ now }: Pick<Clock, 'now'>) {
  const openedAtMs = new Map<Slot, number>()
  return {
    /** When the slot was first opened, epoch ms; undefined if it was not. */
    openedAtMs: (slot: Slot): number | undefined => openedAtMs.get(slot),
    /** Remembers that the slot has been opened. */
    remember(slot: Slot): void {
      for (const other of openedAtMs.keys()) if (settleAtMs(other) <= now()) openedAtMs.delete(other)
      if (!openedAtMs.has(slot)) openedAtMs.set(slot, now())
    },
    /** How many slots are remembered. */
    size: () => openedAtMs.size,
  }
}

export type OpenedSlots = ReturnType<typeof openedSlots>
