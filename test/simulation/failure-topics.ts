import type { FailureCode } from '../../core/errors.ts'
import type { PublishResult } from '../../core/publish-result.ts'
import { failure, OK } from '../memory/topics.ts'
import type { Region } from './region.ts'
import { startSpells } from './spells.ts'
import type { Way } from './strikes.ts'

/** Each topic is in trouble every so often, ms, on average, and for how long. */
const TROUBLE = { everyMs: 3 * 3_600_000, leastMs: 3 * 60_000, mostMs: 2 * 3_600_000 }

const TROUBLES: readonly ('slow' | FailureCode)[] = ['slow', 'TARGET_NOT_FOUND', 'TARGET_DENIED', 'TARGET_UNAVAILABLE']

/** The failure topics, each of which is at times gone, denied, unavailable or slow. */
export function startFailureTopics(region: Region, topics: readonly string[]) {
  const { faults } = region
  const troubles = new Map(topics.map((topic) => [topic, troubledTopic(region)]))
  return {
    /** What a topic answers to a notice of somebody at work on `way`, when it does. */
    async take(topic: string, way: Way): Promise<PublishResult> {
      const trouble = troubles.get(topic)?.()
      // A message whose refusal could not be told comes back, and is dealt with as if it came then.
      if (trouble !== undefined) faults.struck('failureTopics', way)
      if (trouble === 'slow') await region.pass(faults.between(2_000, 9_000))
      return trouble === undefined || trouble === 'slow' ? OK : failure(trouble)
    },
  }
}

/** What ails one topic, whenever it is asked. */
function troubledTopic(region: Region): () => (typeof TROUBLES)[number] | undefined {
  const { faults } = region
  let trouble = TROUBLES[0]
  const spells = startSpells(region, 'failureTopics', TROUBLE, () => {
    trouble = TROUBLES[Math.floor(faults.random() * TROUBLES.length)]
  })
  return () => (spells.on() ? trouble : undefined)
}
