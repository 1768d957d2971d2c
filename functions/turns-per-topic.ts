import type { Clock } from '../core/clock.ts'

/** Notices under way to one topic. */
export const MAX_NOTICES = 16

/** Most notices that wait for one topic. */
export const MAX_WAITING = 1_000

/** Most UTF-16 units of events in the notices that wait for one topic. */
export const MAX_WAITING_UNITS = 4 * 1024 * 1024

export interface Turn {
  end(): void
}

interface Topic {
  underWay: number
  /** Who wait, and what each holds. */
  waiting: Map<() => void, number>
  units: number
}

/** Turns at a topic: a few at a time, in order, and a bounded number who wait, none longer than it wants to. */
export function turnsPerTopic(clock: Clock) {
  const topics = new Map<string, Topic>()
  const begin = (name: string, topic: Topic): Turn => {
    topic.underWay++
    return {
      end() {
        topic.underWay--
        const [next] = topic.waiting.keys()
        if (next) next()
        else if (topic.underWay === 0) topics.delete(name)
      },
    }
  }
  return {
    /** @returns a turn, to be ended; undefined if too many wait, or it did not come until `untilMs`, epoch ms */
    async take(name: string, { bytes, untilMs }: { bytes: number; untilMs: number }): Promise<Turn | undefined> {
      const topic = topics.get(name) ?? { underWay: 0, waiting: new Map(), units: 0 }
      topics.set(name, topic)
      if (topic.underWay < MAX_NOTICES) return begin(name, topic)
      if (topic.waiting.size >= MAX_WAITING || topic.units + bytes > MAX_WAITING_UNITS) return undefined
      const called = new AbortController()
      const call = () => {
        topic.waiting.delete(call)
        topic.units -= bytes
        called.abort('its turn')
      }
      topic.waiting.set(call, bytes)
      topic.units += bytes
      await clock.sleep(untilMs - clock.now(), called.signal)
      if (called.signal.aborted) return begin(name, topic)
      call()
      return undefined
    },
  }
}

export type Turns = ReturnType<typeof turnsPerTopic>
