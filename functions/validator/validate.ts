import type { Log } from '../../aws/log.ts'
import type { MetricsPort } from '../../aws/metrics.ts'
import type { Clock } from '../../core/clock.ts'
import { type QueuedMessage, readEnvelope } from '../../core/envelope.ts'
import type { ScheduledEvent } from '../../core/event.ts'
import { asJson } from '../../core/json.ts'
import type { Notice } from '../../core/notice.ts'
import { toEvent } from '../../core/placement.ts'
import { type CancelRequest, isNotice, parseRequest, type Request, type RescheduleRequest } from '../../core/request.ts'
import type { InputRules } from '../../core/request-schema.ts'
import type { Notify } from '../notify.ts'
import type { SlotAt } from '../slot-at.ts'
import type { Refusal } from './cancel.ts'

export interface ValidateDeps {
  rules: InputRules
  slotAt: SlotAt
  clock: Clock
  schedule: (events: readonly ScheduledEvent[]) => Promise<void>
  cancel: (request: CancelRequest) => Promise<Refusal | undefined>
  reschedule: (request: RescheduleRequest) => Promise<Refusal | undefined>
  notify: Notify
  metrics: MetricsPort
  log: Log
}

/** A message of the queue, and what it asks for. */
interface Intake {
  messageId: string
  /** The SNS MessageId, which redelivery does not change. */
  snsId: string
  received: string
  request: Request | Notice
}

/**
 * Takes a batch of input messages.
 * @returns the ids of those that could not be dealt with, which come back, each on its own
 */
export function validateWith(deps: ValidateDeps) {
  return async (messages: readonly QueuedMessage[]): Promise<string[]> => {
    const intakes = messages.map((message) => read(deps, message))
    const failed = new Set<string>()
    const attempt = async (messageIds: readonly string[], work: Promise<void>) => {
      await work.catch((error) => {
        for (const id of messageIds) failed.add(id)
        deps.log.warn('message not dealt with, it comes back', { messageIds, error: String(error) })
      })
    }
    await scheduleAll(deps, intakes, attempt)
    await Promise.all(intakes.map((intake) => attempt([intake.messageId], carryOut(deps, intake))))
    const rejected = intakes.filter(({ request }) => isNotice(request)).length
    deps.metrics.publish({ Accepted: intakes.length - rejected, Rejected: rejected })
    return [...failed]
  }
}

function read({ rules, clock }: ValidateDeps, queued: QueuedMessage): Intake {
  const { message, id } = readEnvelope(queued)
  const request = parseRequest(message, { defaultId: id, rules, nowMs: clock.now() })
  return { messageId: queued.messageId, snsId: id, received: message, request }
}

type Attempt = (messageIds: readonly string[], work: Promise<void>) => Promise<void>

/** Schedules in bulk; when the bulk fails, one by one, so that one poisonous event does not hold up the others. */
async function scheduleAll(deps: ValidateDeps, intakes: readonly Intake[], attempt: Attempt): Promise<void> {
  const merged = new Map<string, { event: ScheduledEvent; messageIds: string[] }>()
  const place = async ({ request, messageId }: Intake) => {
    if (isNotice(request) || request.action !== 'schedule') return
    const slot = await deps.slotAt(request.date.atMs, request.id)
    const event = toEvent(request, { slot, nowMs: deps.clock.now() })
    const messageIds = merged.get(event.slot + event.key)?.messageIds ?? []
    merged.set(event.slot + event.key, { event, messageIds: [...messageIds, messageId] })
  }
  await Promise.all(intakes.map((intake) => attempt([intake.messageId], place(intake))))
  const all = [...merged.values()]
  if (all.length === 0) return
  await deps.schedule(all.map(({ event }) => event)).catch(async (error) => {
    deps.log.warn('bulk not scheduled, tried one by one', { events: all.length, error: String(error) })
    await Promise.all(all.map(({ event, messageIds }) => attempt(messageIds, deps.schedule([event]))))
  })
}

/** What is not scheduling: telling of a rejection, cancelling, rescheduling. */
async function carryOut(deps: ValidateDeps, { request, received, snsId }: Intake): Promise<void> {
  if (isNotice(request)) return reject(deps, request)
  if (request.action === 'schedule') return
  const refusal = await (request.action === 'cancel' ? deps.cancel(request) : deps.reschedule(request))
  if (!refusal) return
  const { id, failureTopic } = request
  await reject(deps, { ...refusal, event: asJson(received), id, messageId: snsId, failureTopic })
}

async function reject({ notify, log }: ValidateDeps, notice: Notice): Promise<void> {
  await notify(notice)
  const { code, error, id, messageId } = notice
  log.info('rejected', { code, error, id, messageId })
}
