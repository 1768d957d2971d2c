import type { NoticeMessage, Topics } from '../aws/topics.ts'
import type { Clock, Random } from '../core/clock.ts'
import { isRetryable, SchedulerError } from '../core/errors.ts'
import { type Notice, noticeAttributes, noticeBody } from '../core/notice.ts'
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
    const message = { body: noticeBody(notice), attributes: noticeAttributes(notice) }
    if (notice.failureTopic && (await publish(deps, notice.failureTopic, message)).ok) return
    const result = await publish(deps, deps.failureTopicArn, message)
    if (!result.ok)
      throw new SchedulerError(
        'NOTICE_NOT_SENT',
        `The failure topic ${deps.failureTopicArn} does not take notices: ${result.error}`,
      )
  }
}

async function publish(deps: NotifyDeps, topic: string, message: NoticeMessage): Promise<PublishResult> {
  const { topics, clock, random } = deps
  for (let tries = 1; ; tries++) {
    const result = await topics.notify(topic, message)
    if (result.ok || !isRetryable(result.code) || tries === TRIES_IN_MEMORY) return result
    await clock.sleep(inMemoryDelayMs(tries, random()))
  }
}
