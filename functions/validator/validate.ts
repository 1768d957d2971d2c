import type { Log } from '../../aws/log.ts'
import type { MetricsPort } from '../../aws/metrics.ts'
import type { Clock } from '../../core/clock.ts'
import { type QueuedMessage, readEnvelope } from '../../core/envelope.ts'
import { SchedulerError } from '../../core/errors.ts'
import type { ScheduledEvent } from '../../core/event.ts'
import { asJson } from '../../core/json.ts'
import type { Notice } from '../../core/notice.ts'
import { toEvent } from '../../core/placement.ts'
import type { Publication } from '../../core/publication.ts'
import {
  type CancelRequest,
  isNotice,
  parseRequest,
  type Request,
  type RescheduleRequest,
  type ScheduleRequest,
} from '../../core/request.ts'
import type { InputRules } from '../../core/request-schema.ts'
import type { Notify } from '../notify.ts'
import type { SlotAt } from '../slot-at.ts'
import type { Replaced } from './clear-id.ts'
import type { Refusal } from './refusal.ts'
import type { Schedule } from './schedule.ts'
import { waitForOther } from './states-of-id.ts'

export interface ValidateDeps {
  rules: InputRules
  slotAt: SlotAt
  clock: Clock
  schedule: Schedule
  cancel: (request: CancelRequest) => Promise<Refusal | undefined>
  reschedule: (request: RescheduleRequest) => Promise<Refusal | undefined>
  replace: (request: ScheduleRequest) => Promise<Replaced>
  notify: Notify
  metrics: MetricsPort
  log: Log
}

/** A message of the queue, and what it asks for. */
interface Intake {
  /** Its id in the queue. */
  messageId: string
  publication: Publication
  received: string
  request: Request | Notice
}

/**
 * Takes a batch of input messages. Those about one id are dealt with in the order in which they were published, the
 * others side by side.
 * @returns the ids of those that could not be dealt with, which come back, each on its own
 */
export function validateWith(deps: ValidateDeps) {
  return async (messages: readonly QueuedMessage[]): Promise<string[]> => {
    const intakes = messages.map((message) => read(deps, message))
    const failed = new Set<string>()
    const attempt: Attempt = async ({ messageId }, work) => {
      await work.catch((error) => {
        failed.add(messageId)
        deps.log.warn('message not dealt with, it comes back', { messageId, error: String(error) })
      })
    }
    const telling: Promise<void>[] = []
    const tell: Tell = (intake, notice) => void telling.push(attempt(intake, reject(deps, notice)))
    for (const round of roundsOf(intakes)) await dealWith({ ...deps, attempt, tell }, round)
    await Promise.all(telling)
    const rejected = intakes.filter(({ request }) => isNotice(request)).length
    // What is accepted the queue counts, at no cost: a line for each batch would be a good part of what the batch costs.
    if (rejected > 0) deps.metrics.publish({ Rejected: rejected })
    return [...failed]
  }
}

function read({ rules, clock }: ValidateDeps, queued: QueuedMessage): Intake {
  const { message, publication, traceparent } = readEnvelope(queued)
  const request = parseRequest(message, { publication, traceparent, rules, nowMs: clock.now() })
  return { messageId: queued.messageId, publication, received: message, request }
}

/** The first message about each id, then the second ones, and so on. */
function roundsOf(intakes: readonly Intake[]): Intake[][] {
  const rounds: Intake[][] = []
  const inOrder = [...intakes].sort(
    (one, other) => one.publication.atMs - other.publication.atMs || rankOf(one) - rankOf(other),
  )
  const idOf = ({ request, messageId }: Intake) => (isNotice(request) ? messageId : request.id)
  for (const ofOne of Map.groupBy(inOrder, idOf).values())
    for (const [i, intake] of ofOne.entries()) rounds[i] = [...(rounds[i] ?? []), intake]
  return rounds
}

/** Of what was published in one millisecond the cancel wins. */
const RANKS = { schedule: 0, reschedule: 1, cancel: 2 }

const rankOf = ({ request }: Intake): number => (isNotice(request) ? 0 : RANKS[request.action])

/** Has its message come back if the work fails. */
type Attempt = (intake: Intake, work: Promise<void>) => Promise<void>

/** Sends a notice while the batch goes on: no event waits for a failure topic. Its message comes back if that fails. */
type Tell = (intake: Intake, notice: Notice) => void

type BatchDeps = ValidateDeps & { attempt: Attempt; tell: Tell }

async function dealWith(deps: BatchDeps, intakes: readonly Intake[]): Promise<void> {
  await scheduleAll(deps, intakes)
  await Promise.all(intakes.map((intake) => deps.attempt(intake, carryOut(deps, intake))))
}

/**
 * Schedules in bulk. What could not be written in time comes back, that alone; when the bulk fails otherwise it is done
 * one by one, so that one poisonous event does not hold up the others.
 */
async function scheduleAll(deps: BatchDeps, intakes: readonly Intake[]): Promise<void> {
  const { attempt } = deps
  const placed: { intake: Intake; event: ScheduledEvent; comesBack: boolean }[] = []
  const place = async (intake: Intake) => {
    const { request } = intake
    if (isNotice(request) || request.action !== 'schedule') return
    const { refusal, doubt }: Replaced = request.replace ? await deps.replace(request) : {}
    await refuse(deps, intake, refusal)
    if (refusal?.code === 'NOT_INDEXED') return
    const slot = await deps.slotAt(request.date.atMs, request.id)
    const event = toEvent(request, { slot, nowMs: deps.clock.now() })
    placed.push({ intake, event, comesBack: doubt !== undefined })
    // It is scheduled now, and comes back for the answer.
    if (doubt) throw doubt
  }
  const schedule = async (some: typeof placed) => {
    const refusals = await deps.schedule(some.map(({ event }) => event))
    const answer = ({ intake, comesBack }: (typeof placed)[number], i: number) =>
      comesBack ? undefined : attempt(intake, refuse(deps, intake, refusals[i]))
    await Promise.all(some.map(answer))
  }
  await Promise.all(intakes.map((intake) => attempt(intake, place(intake))))
  if (placed.length === 0) return
  await schedule(placed).catch(async (error) => {
    deps.log.warn('bulk not scheduled, tried one by one', { events: placed.length, error: String(error) })
    await Promise.all(
      placed.map((one) =>
        attempt(
          one.intake,
          patiently(deps, one.intake, () => schedule([one])),
        ),
      ),
    )
  })
}

/** What is not scheduling: telling of a rejection, cancelling, rescheduling. */
async function carryOut(deps: BatchDeps, intake: Intake): Promise<void> {
  const { request } = intake
  if (isNotice(request)) return deps.tell(intake, request)
  if (request.action === 'schedule') return
  const change = async () => (request.action === 'cancel' ? deps.cancel(request) : deps.reschedule(request))
  await refuse(deps, intake, await patiently(deps, intake, change))
}

/**
 * What meets something that another request is about to do waits a little for that, instead of coming back after minutes.
 * It must be harmless to repeat.
 */
async function patiently<Answer>(deps: ValidateDeps, intake: Intake, work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work()
  } catch (fault) {
    const isInDoubt = fault instanceof SchedulerError && fault.code === 'CANCEL_IN_DOUBT'
    if (isInDoubt && (await waitForOther(deps, intake))) return work()
    throw fault
  }
}

/** Tells why a request is not carried out, if it is not. @throws what kept it from being tried in time */
async function refuse(
  { tell }: BatchDeps,
  intake: Intake,
  refusal: Refusal | SchedulerError | undefined,
): Promise<void> {
  if (refusal instanceof SchedulerError) throw refusal
  const { request, received, publication } = intake
  if (!refusal || isNotice(request)) return
  const { id, failureTopic } = request
  tell(intake, { ...refusal, event: asJson(received), id, messageId: publication.messageId, failureTopic })
}

async function reject({ notify, log }: ValidateDeps, notice: Notice): Promise<void> {
  await notify(notice)
  const { code, error, id, messageId } = notice
  log.info('rejected', { code, error, id, messageId })
}
