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
import type { Refusal } from '../../core/refusal.ts'
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
import { mustChange, type Scheduling } from './schedule.ts'

export interface ValidateDeps extends Scheduling {
  rules: InputRules
  slotAt: SlotAt
  clock: Clock
  cancel: (request: CancelRequest) => Promise<readonly Refusal[]>
  reschedule: (request: RescheduleRequest) => Promise<readonly Refusal[]>
  replace: (request: ScheduleRequest) => Promise<readonly Refusal[]>
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
    const batch = { ...deps, attempt, tell }
    const chains = chainsOf(intakes)
    const added = addInBulk(batch, chains.map(([first]) => first).filter(isAddition))
    const dealWith = async (chain: readonly Intake[]) => {
      for (const intake of chain) await attempt(intake, carryOut(batch, intake, added))
    }
    await Promise.all(chains.map(dealWith))
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

/** The messages about each id, in the order in which they were published. */
function chainsOf(intakes: readonly Intake[]): [Intake, ...Intake[]][] {
  const inOrder = [...intakes].sort(
    (one, other) => one.publication.atMs - other.publication.atMs || rankOf(one) - rankOf(other),
  )
  const idOf = ({ request, messageId }: Intake) => (isNotice(request) ? messageId : request.id)
  return [...Map.groupBy(inOrder, idOf).values()] as [Intake, ...Intake[]][]
}

/** Of what was published in one millisecond the cancel wins. */
const RANKS = { schedule: 0, reschedule: 1, cancel: 2 }

const rankOf = ({ request }: Intake): number => (isNotice(request) ? 0 : RANKS[request.action])

/** Has its message come back if the work fails. */
type Attempt = (intake: Intake, work: Promise<void>) => Promise<void>

/** Sends a notice while the batch goes on: no event waits for a failure topic. Its message comes back if that fails. */
type Tell = (intake: Intake, notice: Notice) => void

type BatchDeps = ValidateDeps & { attempt: Attempt; tell: Tell }

/** A message that asks for an event beside what else there is. */
type Addition = Intake & { request: ScheduleRequest }

function isAddition(intake: Intake): intake is Addition {
  const { request } = intake
  return !isNotice(request) && request.action === 'schedule' && !request.replace
}

/** What has come of events that were added in bulk. */
type Added = ReadonlyMap<Intake, { event: ScheduledEvent; answer: Awaited<ReturnType<Scheduling['add']>>[number] }>

/**
 * Adds events in bulk. When the bulk fails none is added: each is scheduled on its own then, so that one poisonous event does
 * not hold up the others.
 */
async function addInBulk(deps: BatchDeps, additions: readonly Addition[]): Promise<Added> {
  if (additions.length === 0) return new Map()
  try {
    const events = await Promise.all(additions.map(({ request }) => eventOf(deps, request)))
    const answers = await deps.add(events)
    return new Map(additions.map((one, i) => [one, { event: events[i] as ScheduledEvent, answer: answers[i] }]))
  } catch (error) {
    deps.log.warn('bulk not scheduled, tried one by one', { events: additions.length, error: String(error) })
    return new Map()
  }
}

async function eventOf({ slotAt, clock }: BatchDeps, request: ScheduleRequest): Promise<ScheduledEvent> {
  const slot = await slotAt(request.date.atMs, request.id)
  return toEvent(request, { slot, nowMs: clock.now() })
}

/** @param added what is added of the batch in bulk */
async function carryOut(deps: BatchDeps, intake: Intake, added: Promise<Added>): Promise<void> {
  const { request } = intake
  if (isNotice(request)) return deps.tell(intake, request)
  if (request.action === 'cancel') return refuse(deps, intake, await deps.cancel(request))
  if (request.action === 'reschedule') return refuse(deps, intake, await deps.reschedule(request))
  if (request.replace) return refuse(deps, intake, await deps.replace(request))
  const one = (await added).get(intake)
  const answer = await (one ? answerTo(deps, one) : scheduleAlone(deps, request))
  // What kept it from being tried in time.
  if (answer instanceof SchedulerError) throw answer
  return refuse(deps, intake, answer ? [answer] : [])
}

async function answerTo({ change }: BatchDeps, { event, answer }: NonNullable<ReturnType<Added['get']>>) {
  return mustChange(answer) ? change(event, answer) : answer
}

async function scheduleAlone(deps: BatchDeps, request: ScheduleRequest) {
  const [answer] = await deps.schedule([await eventOf(deps, request)])
  return answer
}

/** Tells why a request is not carried out, if it is not. */
function refuse({ tell }: BatchDeps, intake: Intake, refusals: readonly Refusal[]): void {
  const { request, received, publication } = intake
  if (isNotice(request)) return
  const { id, failureTopic } = request
  for (const refusal of refusals)
    tell(intake, { ...refusal, event: asJson(received), id, messageId: publication.messageId, failureTopic })
}

async function reject({ notify, log }: ValidateDeps, notice: Notice): Promise<void> {
  await notify(notice)
  const { code, error, id, messageId } = notice
  log.info('rejected', { code, error, id, messageId })
}
