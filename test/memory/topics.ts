import type { NoticeMessage, Topics } from '../../aws/topics.ts'
import type { Clock } from '../../core/clock.ts'
import type { FailureCode } from '../../core/errors.ts'
import type { ScheduledEvent } from '../../core/event.ts'
import { attributesOf, MAX_MESSAGE_BYTES, messageBytes } from '../../core/output-message.ts'
import type { PublishResult } from '../../core/publish-result.ts'

/** A message that a topic has taken. */
export interface Message {
  id: string
  payload: string
  attributes: Record<string, string>
  dueAtMs: number
  /** When its publish began, epoch ms. */
  sentAtMs: number
  /** When the topic took it, epoch ms. */
  atMs: number
}

/** One call of `publish`, successful or not. */
export interface PublishCall {
  target: string
  ids: string[]
  atMs: number
}

/** What goes wrong at a topic. */
interface Trouble {
  slowMs: number
  /** Fails every publish. */
  code?: FailureCode | undefined
  /** Publishes still to be throttled. */
  throttled: number
  /** Publishes still to be taken without an answer. */
  answersLost: number
}

export interface TopicsInMemory extends Topics {
  calls: PublishCall[]
  /** What a topic has taken, in order. */
  received(topic: string): Message[]
  /** Notices a topic has taken, in order. */
  notices(topic: string): { error: string; code: string; event: unknown; [more: string]: unknown }[]
  /** The same with their attributes, as they were published. */
  noticeMessages(topic: string): NoticeMessage[]
  /** Every answer of the topic takes `ms`. */
  slow(topic: string, ms: number): void
  /** Every publish to the topic fails; with undefined it works again. */
  fail(topic: string, code: FailureCode | undefined): void
  /** The next `times` publishes to the topic are throttled. */
  throttle(topic: string, times: number): void
  /** The next `times` publishes to the topic are taken, but the answer says they were not. */
  loseAnswers(topic: string, times: number): void
  /** The event fails in every batch, alone. */
  failEvent(id: string, code: FailureCode | undefined): void
  /** Every batch with the event is refused as a whole. */
  poison(id: string): void
}

export const OK: PublishResult = { ok: true }

export function failure(code: FailureCode): PublishResult {
  return { ok: false, code, error: `${code}: scripted` }
}

/** SNS as the delivery sees it, with troubles to order. */
export function topicsInMemory({ clock }: { clock: Clock }): TopicsInMemory {
  const calls: PublishCall[] = []
  const messages = new Map<string, Message[]>()
  const notices = new Map<string, NoticeMessage[]>()
  const troubles = new Map<string, Trouble>()
  const eventFailures = new Map<string, FailureCode>()
  const poisonous = new Set<string>()

  const troubleOf = (topic: string): Trouble =>
    getOrAdd(troubles, topic, () => ({ slowMs: 0, throttled: 0, answersLost: 0 }))
  /** The failure of a whole call, if it has one; and whether the topic takes it nonetheless. */
  const callFailure = (trouble: Trouble): { failed?: PublishResult; taken: boolean } => {
    if (trouble.code) return { failed: failure(trouble.code), taken: false }
    if (trouble.throttled > 0) {
      trouble.throttled--
      return { failed: failure('TARGET_UNAVAILABLE'), taken: false }
    }
    if (trouble.answersLost === 0) return { taken: true }
    trouble.answersLost--
    return { failed: failure('TARGET_UNAVAILABLE'), taken: true }
  }
  const take = (target: string, event: ScheduledEvent, sentAtMs: number) => {
    const { id, payload, dueAtMs } = event
    const message = { id, payload, attributes: attributesOf(event), dueAtMs, sentAtMs, atMs: clock.now() }
    getOrAdd(messages, target, () => []).push(message)
  }

  return {
    calls,
    async publish(target, events) {
      const sentAtMs = clock.now()
      calls.push({ target, ids: events.map(({ id }) => id), atMs: sentAtMs })
      const trouble = troubleOf(target)
      if (trouble.slowMs > 0) await clock.sleep(trouble.slowMs)
      if (events.some(({ id }) => poisonous.has(id))) return events.map(() => failure('TARGET_REFUSED'))
      const { failed, taken } = callFailure(trouble)
      return events.map((event) => {
        const code = messageBytes(event) > MAX_MESSAGE_BYTES ? 'TARGET_REFUSED' : eventFailures.get(event.id)
        if (taken && !code) take(target, event, sentAtMs)
        return failed ?? (code ? failure(code) : OK)
      })
    },
    async notify(topic, message) {
      const trouble = troubleOf(topic)
      if (trouble.slowMs > 0) await clock.sleep(trouble.slowMs)
      const { failed, taken } = callFailure(trouble)
      if (taken) getOrAdd(notices, topic, () => []).push(message)
      return failed ?? OK
    },
    received: (topic) => messages.get(topic) ?? [],
    notices: (topic) => (notices.get(topic) ?? []).map(({ body }) => JSON.parse(body)),
    noticeMessages: (topic) => notices.get(topic) ?? [],
    slow(topic, ms) {
      troubleOf(topic).slowMs = ms
    },
    fail(topic, code) {
      troubleOf(topic).code = code
    },
    throttle(topic, times) {
      troubleOf(topic).throttled = times
    },
    loseAnswers(topic, times) {
      troubleOf(topic).answersLost = times
    },
    failEvent(id, code) {
      if (code) eventFailures.set(id, code)
      else eventFailures.delete(id)
    },
    poison: (id) => poisonous.add(id),
  }
}

function getOrAdd<V>(map: Map<string, V>, key: string, create: () => V): V {
  const value = map.get(key) ?? create()
  map.set(key, value)
  return value
}
