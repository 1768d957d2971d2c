import type { Topics } from '../aws/topics.ts'
import type { Clock, Random } from '../core/clock.ts'
import { isRetryable, SchedulerError } from '../core/errors.ts'
import { type Notice, noticeBody } from '../core/notice.ts'
import type { PublishResult } from '../core/publish-result.ts'
import { inMemoryDelayMs } from '../core/retry.ts'
import { TRIES_IN_MEMORY } from '../core/timetable.ts'

export interface NotifyDeps {
  topics: Pick<Topics, 'notify'>
  clock: Clock
  random: Random
  /** ARN of the stack's own failure topic. */
  failureTopicArn: string
}

export type Notify = (notice: Notice) => Promise<void>

/** Tells the event's failure topic, or the stack's own where there is none or it cannot be reached. */
export function notifyWith(deps: NotifyDeps): Notify {
  return async (notice) => {
    const body = noticeBody(notice)
    if (notice.failureTopic && (await publish(deps, notice.failureTopic, body)).ok) return
    const result = await publish(deps, deps.failureTopicArn, body)
    if (!result.ok)
      throw new SchedulerError(
        'NOTICE_NOT_SENT',
        `The failure topic ${deps.failureTopicArn} does not take notices: ${result.error}`,
      )
  }
}

async function publish({ topics, clock, random }: NotifyDeps, topic: string, body: string): Promise<PublishResult> {
  for (let tries = 1; ; tries++) {
    const result = await topics.notify(topic, body)
    if (result.ok || !isRetryable(result.code) || tries === TRIES_IN_MEMORY) return result
    await clock.sleep(inMemoryDelayMs(tries, random()))
  }
}
