import type { ScheduledEvent } from '../../core/event.ts'

/** What an event takes in memory besides its payload, bytes: an estimate, of its fields as strings of their own. */
export const EVENT_BYTES = 1_000

/** The register of the events that a delivery has taken and is not done with. Of those that are deferred it has the key. */
export function outstandingEvents() {
  const events = new Map<string, ScheduledEvent | 'deferred'>()
  let bytes = 0
  let emptied = () => {}
  const forget = (key: string) => {
    if (events.delete(key) && events.size === 0) emptied()
  }
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
      if (!events.has(event.key)) return
      bytes -= bytesOf(event)
      forget(event.key)
    },
    /** Keeps the key of an event that it has taken, and no more. */
    defer(event: ScheduledEvent): void {
      events.set(event.key, 'deferred')
      bytes -= bytesOf(event)
    },
    /** Has the deferred events of these keys again as far as they are given, and is done with the others. */
    resume(keys: readonly string[], found: readonly ScheduledEvent[]): void {
      for (const event of found) {
        events.set(event.key, event)
        bytes += bytesOf(event)
      }
      for (const key of keys) if (events.get(key) === 'deferred') forget(key)
    },
    /** Is done with every deferred event. */
    dropDeferred(): void {
      for (const [key, event] of events) if (event === 'deferred') forget(key)
    },
    /** An event that is in memory. */
    get(key: string): ScheduledEvent | undefined {
      const event = events.get(key)
      return event === 'deferred' ? undefined : event
    },
    /** The lowest key; undefined when there is none. Looks at them all: to be asked once a second, not for each event. */
    lowestKey(): string | undefined {
      let lowest: string | undefined
      for (const key of events.keys()) if (lowest === undefined || key < lowest) lowest = key
      return lowest
    },
    size: (): number => events.size,
    /** About as many bytes of memory as the events take that are not deferred, were their payloads ASCII. */
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
