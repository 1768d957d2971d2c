import type { Topics } from '../../aws/topics.ts'
import type { Clock, Random } from '../../core/clock.ts'
import { isRetryable } from '../../core/errors.ts'
import type { ScheduledEvent } from '../../core/event.ts'
import type { PublishResult } from '../../core/publish-result.ts'
import { inMemoryDelayMs } from '../../core/retry.ts'
import { TRIES_IN_MEMORY } from '../../core/timetable.ts'

export type Failure = Extract<PublishResult, { ok: false }>

/** How an event leaves its queue. */
export interface Endings {
  /** @param atMs when the target's topic had taken it, epoch ms */
  delivered(event: ScheduledEvent, atMs: number): void
  /** `latest` passed before it could be published. Resolves when that is written down. */
  expired(event: ScheduledEvent): Promise<void>
  /** Not published: for good, or after every try in memory. Resolves when that is written down. */
  failed(event: ScheduledEvent, failure: Failure): Promise<void>
}

export interface PublishingDeps {
  topics: Pick<Topics, 'publish'>
  clock: Clock
  random: Random
  /** Is handed an event whose publish failed for a while, when it is time for its next try. */
  tryAgain(event: ScheduledEvent): void
}

/** What came of a batch. */
export interface Published {
  /** The events to be published again at once, each alone. */
  alone: ScheduledEvent[]
  /** Whether the topic has taken any. */
  ok: boolean
}

/** Publishes batches, and sees to what becomes of each of their events. */
export function publishingWith(deps: PublishingDeps, endings: Pick<Endings, 'delivered' | 'failed'>) {
  const { topics, clock } = deps
  const fail = failingWith(deps, endings)
  return async (target: string, batch: readonly ScheduledEvent[]): Promise<Published> => {
    const results = await topics.publish(target, batch)
    const atMs = clock.now()
    const alone: ScheduledEvent[] = []
    batch.forEach((event, i) => {
      const result = results[i] as PublishResult
      if (result.ok) endings.delivered(event, atMs)
      // One poisonous event may have had the whole batch refused.
      else if (result.code === 'TARGET_REFUSED' && batch.length > 1) alone.push(event)
      else fail(event, result)
    })
    return { alone, ok: results.some(({ ok }) => ok) }
  }
}

/** Has an event tried again after a while, a few times, where that may help. */
function failingWith({ clock, random, tryAgain }: PublishingDeps, endings: Pick<Endings, 'failed'>) {
  /** Tries made of events that have failed; forgotten with the events. */
  const tries = new WeakMap<ScheduledEvent, number>()
  const tryAgainAfter = async (event: ScheduledEvent, delayMs: number) => {
    await clock.sleep(delayMs)
    tryAgain(event)
  }
  return (event: ScheduledEvent, failure: Failure): void => {
    const made = (tries.get(event) ?? 0) + 1
    tries.set(event, made)
    if (isRetryable(failure.code) && made < TRIES_IN_MEMORY)
      return void tryAgainAfter(event, inMemoryDelayMs(made, random()))
    tries.delete(event)
    void endings.failed(event, failure)
  }
}
