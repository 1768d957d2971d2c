import type { Topics } from '../../aws/topics.ts'
import type { ScheduledEvent } from '../../core/event.ts'
import type { PublishResult } from '../../core/publish-result.ts'
import { PUBLISH_TIMEOUT_MS } from '../../core/timetable.ts'
import { failure, OK } from '../memory/topics.ts'
import { startFailureTopics } from './failure-topics.ts'
import type { Instance } from './instance.ts'
import type { Judge } from './judge.ts'
import type { Region } from './region.ts'
import { startSpells } from './spells.ts'
import type { Way } from './strikes.ts'

/** Targets of the simulated clients. `nowhere` does not exist, `flaky` is slow or unavailable for minutes at times. */
export const TARGETS = {
  healthy: topic('healthy'),
  other: topic('other'),
  flaky: topic('flaky'),
  nowhere: topic('nowhere'),
}
export const FAILURE_TOPIC = topic('scheduler-failure')
/** One that some of the clients have for themselves. */
export const OWN_FAILURE_TOPIC = topic('own-failure')

/** A target does not answer for so long, ms, so often. */
const HANGING = { everyMs: 2 * 3_600_000, leastMs: 60_000, mostMs: 600_000 }

/** Another one is as slow as it can be without failing for so long, ms, so often. */
const SLOW = { everyMs: 60_000, leastMs: 60_000, mostMs: 240_000 }
const SLOWEST_MS = 9_500

function topic(name: string): string {
  return `arn:aws:sns:us-east-1:000000000000:${name}`
}

/** SNS on the way out. What a topic takes is told to the judge, whatever the emitter gets to hear. */
export function startTargets(region: Region, judge: Judge) {
  const { time, faults, pass } = region
  const failureTopics = startFailureTopics(region, [FAILURE_TOPIC, OWN_FAILURE_TOPIC])
  const hanging = startSpells(region, 'hangingTarget', HANGING, (untilMs) =>
    faults.struck('hangingTarget', [{ target: TARGETS.flaky }], untilMs - time.now()),
  )
  const slow = startSpells(region, 'slowTarget', SLOW, (untilMs) =>
    faults.struck('slowTarget', [{ target: TARGETS.other }], untilMs - time.now()),
  )
  let trouble: 'none' | 'slow' | 'unavailable' = 'none'
  const planTrouble = () => {
    time.at(time.now() + faults.between(600_000, 7_200_000), () => {
      trouble = faults.random() < 0.5 ? 'slow' : 'unavailable'
      const lengthMs = faults.between(30_000, 600_000)
      faults.struck('troubledTargets', [{ target: TARGETS.flaky }], lengthMs)
      time.at(time.now() + lengthMs, () => {
        trouble = 'none'
        planTrouble()
      })
    })
  }
  if (faults.enabled.has('troubledTargets')) planTrouble()

  const take = (target: string, event: ScheduledEvent): PublishResult => {
    if (target === TARGETS.nowhere) return failure('TARGET_NOT_FOUND')
    if (target === TARGETS.flaky && trouble === 'unavailable') return failure('TARGET_UNAVAILABLE')
    if (faults.strikes('partialPublish', 1 / 2_000)) {
      faults.struck('partialPublish', wayOfEvents([event]))
      return failure('TARGET_UNAVAILABLE')
    }
    judge.published(event)
    return OK
  }
  const publish: (instance: Instance, ...args: Parameters<Topics['publish']>) => Promise<PublishResult[]> = async (
    instance,
    target,
    events,
  ) => {
    if (target === TARGETS.flaky && hanging.on()) {
      await instance.clock.sleep(PUBLISH_TIMEOUT_MS)
      return events.map(() => failure('TARGET_UNAVAILABLE'))
    }
    if (target === TARGETS.flaky && trouble === 'slow') await pass(faults.between(1_000, 4_000))
    if (target === TARGETS.other && slow.on()) await pass(SLOWEST_MS)
    return instance
      .call('publish', () => events.map((event) => take(target, event)), wayOfEvents(events))
      .catch(() => events.map(() => failure('TARGET_UNAVAILABLE')))
  }
  /** As one instance sees them. Unlike other ports this one never rejects. */
  return (instance: Instance): Topics => ({
    async publish(target, events) {
      for (const event of events) judge.publishStarted(event, instance.clock.now())
      const results = await publish(instance, target, events)
      for (const event of events) judge.publishEnded(event)
      return results
    },
    notify(topic, { body }) {
      return instance
        .call('notify', async (): Promise<PublishResult> => {
          const result = await failureTopics.take(topic, instance.way)
          if (result.ok) judge.notified(JSON.parse(body))
          else judge.notTaken(JSON.parse(body))
          return result
        })
        .catch(() => failure('TARGET_UNAVAILABLE'))
    },
  })
}

function wayOfEvents(events: readonly ScheduledEvent[]): Way {
  return events.map(({ slot, key }) => ({ slot, key }))
}
