import type { ScheduledEvent } from '../../core/event.ts'

/** What an event takes in memory besides its payload, bytes: an estimate, of its fields as strings of their own. */
export const EVENT_BYTES = 1_000

/** The register of the events that a delivery has taken and is not done with. */
export function outstandingEvents() {
  const events = new Map<string, ScheduledEvent>()
  let bytes = 0
  let emptied = () => {}
  return {
    /** Takes an event. @returns whether it was not in the register already */
    add(event: ScheduledEvent): boolean {
      if (events.has(event.key)) return false
      events.set(event.key, event)
      bytes += bytesOf(event)
      return true
    },
    /** Is done with an event; nothing happens if it is not in the register. */
    remove(event: ScheduledEvent): void {
      if (!events.delete(event.key)) return
      bytes -= bytesOf(event)
      if (events.size === 0) emptied()
    },
    get: (key: string): ScheduledEvent | undefined => events.get(key),
    /** The lowest key; undefined when there is none. Looks at them all: to be asked once a second, not for each event. */
    lowestKey(): string | undefined {
      let lowest: string | undefined
      for (const key of events.keys()) if (lowest === undefined || key < lowest) lowest = key
      return lowest
    },
    size: (): number => events.size,
    /** About as many bytes of memory as the events take, were their payloads ASCII. */
    bytes: (): number => bytes,
    /** Resolves when the register is empty. */
    async empty(): Promise<void> {
      if (events.size > 0) await new Promise<void>((resolve) => (emptied = resolve))
    },
  }
}

export type OutstandingEvents = ReturnType<typeof outstandingEvents>

/** About as many bytes as an event takes in memory, were its payload ASCII. */
export function bytesOf({ payload }: ScheduledEvent): number {
  return EVENT_BYTES + payload.length
}
