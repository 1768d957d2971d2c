import type { NoticeMessage, Topics } from '../aws/topics.ts'
import type { Clock, Random } from '../core/clock.ts'
import { isRetryable, SchedulerError } from '../core/errors.ts'
import { type Notice, noticeAttributes, noticeBody } from '../core/notice.ts'
import type { PublishResult } from '../core/publish-result.ts'
import { inMemoryDelayMs } from '../core/retry.ts'
import { NOTICE_MS, TRIES_IN_MEMORY } from '../core/timetable.ts'
import { type Turns, turnsPerTopic } from './turns-per-topic.ts'

export interface NotifyDeps {
  topics: Pick<Topics, 'notify'>
  clock: Clock
  random: Random
  /** ARN of the stack's own failure topic. */
  failureTopicArn: string
}

export type Notify = (notice: Notice) => Promise<void>

/**
 * Tells the event's failure topic, or the stack's own where there is none or it does not take the notice in time. Each
 * topic has a few notices under way and a bounded number waiting, so that a slow one holds up nothing else.
 * @throws SchedulerError `NOTICE_NOT_SENT` if the stack's own does not take it in time, either
 */
export function notifyWith(deps: NotifyDeps): Notify {
  const turns = turnsPerTopic(deps.clock)
  return async (notice) => {
    if (notice.failureTopic && (await publish(deps, turns, { notice, topic: notice.failureTopic })).ok) return
    const result = await publish(deps, turns, { notice, topic: deps.failureTopicArn })
    if (!result.ok)
      throw new SchedulerError(
        'NOTICE_NOT_SENT',
        `The failure topic ${deps.failureTopicArn} does not take notices: ${result.error}`,
      )
  }
}

async function publish(
  deps: NotifyDeps,
  turns: Turns,
  { notice, topic }: { notice: Notice; topic: string },
): Promise<PublishResult> {
  const untilMs = deps.clock.now() + NOTICE_MS
  const turn = await turns.take(topic, { bytes: notice.event.length, untilMs })
  if (!turn) return { ok: false, code: 'TARGET_UNAVAILABLE', error: 'too many notices wait for it' }
  try {
    // Made when it goes out: it is as large as its event once more.
    return await tryUntil(deps, topic, { body: noticeBody(notice), attributes: noticeAttributes(notice), untilMs })
  } finally {
    turn.end()
  }
}

async function tryUntil(
  { topics, clock, random }: NotifyDeps,
  topic: string,
  { untilMs, ...message }: NoticeMessage & { untilMs: number },
): Promise<PublishResult> {
  for (let tries = 1; ; tries++) {
    const result = await topics.notify(topic, message)
    if (result.ok || !isRetryable(result.code) || tries === TRIES_IN_MEMORY || clock.now() >= untilMs) return result
    await clock.sleep(inMemoryDelayMs(tries, random()))
  }
}
