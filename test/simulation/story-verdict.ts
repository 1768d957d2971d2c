import { CANCEL_MARGIN_MS, CLOCK_SKEW_MS, NEAR_MS, NOTICE_MS, SURE_MS } from '../../core/timetable.ts'
import {
  type Asked,
  after,
  before,
  isByIdAlone,
  isSpared,
  isTold,
  type Story,
  stopsAt,
  type Wish,
  wishesOf,
} from './story.ts'

/**
 * What a story that is over may have come to, by `docs/actions.md`: what was published last wins, what cannot be carried out
 * is told, and what is told is so.
 * @returns which promise was broken, and how; undefined if none was
 */
export function verdictOf(story: Story): string | undefined {
  const wishes = wishesOf(story)
  return (
    first(story.delivered, (delivery) => whyNotDelivered(story, wishes, delivery)) ??
    whyNotBoth(story) ??
    first(wishes, (wish) => whyLost(story, wish)) ??
    first(story.asked, (asked) => whySilent(story, wishes, asked)) ??
    first(story.asked, (asked) => whyNotRefused(story, wishes, asked))
  )
}

function first<T>(all: readonly T[], why: (one: T) => string | undefined): string | undefined {
  for (const one of all) {
    const sentence = why(one)
    if (sentence) return sentence
  }
  return undefined
}

/** What is delivered was asked for, and nothing has stopped it since. */
function whyNotDelivered(
  story: Story,
  wishes: readonly Wish[],
  { dueAtMs, content, atMs, unrecorded }: Story['delivered'][number],
): string | undefined {
  const what = nameOf(story, dueAtMs)
  // On its emitter's clock it went out at its date or after it: whoever asked for it before that has asked for this.
  const goneAtMs = Math.max(atMs, dueAtMs)
  const asked = wishes.filter(
    (wish) => wish.dueAtMs === dueAtMs && wish.contents.includes(content) && wish.asked.atMs <= goneAtMs,
  )
  const last = asked.at(-1)
  if (!last)
    return `REFUSED EVENT: ${what} was delivered as ${content}, though everybody who asked for that was refused`
  // A request that was dealt with after that could not know.
  if (unrecorded) return undefined
  // Whether it had gone out when it was meant by its id alone is told by two clocks.
  const isById = (one: Asked) => isOfAll(one) || one.request.dueAtMs === undefined
  const isBefore = (one: Asked) => one.atMs <= atMs - (isById(one) ? CLOCK_SKEW_MS : 0)
  // What came to it too late is told to who asked last.
  const isTold = (one: Asked) => isSpared(one, dueAtMs) || isRefusedAt(one, dueAtMs)
  const isToldLater = (one: Asked) => isById(one) && after(story, one).some(isTold)
  // Too late to stop it, and nothing to tell: its client asked for the very same again.
  const isAskedAgain = (one: Asked) =>
    one.atMs > dueAtMs - CANCEL_MARGIN_MS &&
    wishes.some((wish) => wish.asked.atMs >= one.atMs && wish.dueAtMs === dueAtMs && wish.contents.includes(content))
  const isStop = (one: Asked) =>
    isBefore(one) && stopsAt(story, one, dueAtMs) === 'yes' && !isToldLater(one) && !isAskedAgain(one)
  const stop = after(story, last.asked).find(isStop)
  return stop && `${STOPPED_BY[stop.request.action]}: ${what} was delivered as ${content} though ${said(stop)}`
}

/** Whether its client was told that what stands at its own date stays. */
function isRefusedAt({ request, told }: Asked, dueAtMs: number): boolean {
  const isHere = request.action === 'schedule' && request.dueAtMs === dueAtMs
  return isHere && told.some(({ code }) => code === 'EVENT_EXISTS' || code === 'EVENT_ENDED')
}

const STOPPED_BY = { cancel: 'NOT CANCELLED', reschedule: 'NOT MOVED', schedule: 'NOT REPLACED' } as const

/** Of one id and date one event is delivered. */
function whyNotBoth(story: Story): string | undefined {
  const recorded = story.delivered.filter(({ unrecorded }) => !unrecorded)
  for (const [dueAtMs, all] of Map.groupBy(recorded, (one) => one.dueAtMs)) {
    const contents = [...new Set(all.map(({ content }) => content))]
    if (contents.length > 1) return `BOTH: ${nameOf(story, dueAtMs)} was delivered as ${contents.join(', and as ')}`
  }
  return undefined
}

/** What is asked for is delivered, or was before, or ends otherwise afterwards, or is stopped. */
function whyLost(story: Story, { asked, dueAtMs, contents }: Wish): string | undefined {
  const isIt = (one: { dueAtMs: number; content: string }) => one.dueAtMs === dueAtMs && contents.includes(one.content)
  if (contents.length === 0 || story.delivered.some(isIt)) return undefined
  if (story.ended.some((one) => isIt(one) && one.atMs >= asked.atMs)) return undefined
  if (after(story, asked).some((one) => stopsAt(story, one, dueAtMs) !== 'no')) return undefined
  return `LOST: ${nameOf(story, dueAtMs)}, has neither been delivered as ${contents.join(' or ')} nor ended otherwise, though ${said(asked)}`
}

/** A change of which nothing is told had something to change, and could be made. */
function whySilent(story: Story, wishes: readonly Wish[], asked: Asked): string | undefined {
  const { request, told } = asked
  if (story.index === 'none' && isByIdAlone(asked) && !isTold(asked, 'NOT_INDEXED'))
    return `SILENT: the stack indexes no ids, and nobody said so when ${said(asked)}`
  if (request.action === 'schedule' || told.length > 0) return undefined
  const { dueAtMs } = request
  const about = (wish: Wish) => dueAtMs === undefined || wish.dueAtMs === dueAtMs
  // Who asks for the event after it takes that back; a later cancel of all has done what it asked for.
  const isTakenBack = (one: Asked) =>
    wishes.some((wish) => wish.asked === one && about(wish)) || (dueAtMs === undefined && isOfAll(one))
  if (request.action === 'cancel' && after(story, asked).some(isTakenBack)) return undefined
  if (request.action === 'reschedule' && after(story, asked).some(isOfAll)) return undefined
  const isOver = ({ dueAtMs }: Wish) => story.delivered.some((one) => one.dueAtMs === dueAtMs && one.atMs < asked.atMs)
  const met = wishesOf(story, before(story, asked)).filter((wish) => about(wish) && !isOver(wish))
  return met.length > 0 ? undefined : `SILENT: there was nothing to change, and nobody said so when ${said(asked)}`
}

const isOfAll = (asked: Asked) =>
  asked.request.action !== 'reschedule' && isByIdAlone(asked) && !isTold(asked, 'NOT_INDEXED')

/** What is told is so. */
function whyNotRefused(story: Story, wishes: readonly Wish[], asked: Asked): string | undefined {
  const wrong = asked.told.find(({ code, ...told }) => GROUNDS[code]?.(story, wishes, { asked, ...told }) === false)
  return wrong && `WRONGLY TOLD: ${wrong.code}, “${wrong.error}”, when ${said(asked)}`
}

type Ground = (story: Story, wishes: readonly Wish[], told: { asked: Asked; atMs: number; error: string }) => boolean

/** What must be so when something is told, as far as the world has seen it. */
const GROUNDS: Record<string, Ground> = {
  EVENT_NOT_FOUND: ({ isOwn, parked }, _, { asked: { request, atMs } }) => {
    const from = request.dueAtMs
    // A notice may be under way for so long.
    const isThere = ([dueAtMs, parkedAtMs]: [number, number]) =>
      parkedAtMs < atMs - NOTICE_MS && (from === undefined ? isOwn : from === dueAtMs)
    return ![...parked].some(isThere)
  },
  EVENT_EXISTS: (_, wishes, { asked }) =>
    wishes.some(
      ({ asked: other, dueAtMs, contents }) =>
        other !== asked &&
        (asked.request.action === 'reschedule'
          ? dueAtMs === asked.request.toMs
          : asked.request.action === 'schedule' &&
            dueAtMs === asked.request.dueAtMs &&
            contents.join() !== asked.request.content),
    ),
  EVENT_ENDED: (story, _, { asked, atMs }) =>
    [...story.delivered, ...story.ended].some((one) => one.atMs <= atMs) ||
    story.asked.some((one) => one !== asked && (one.request.action !== 'schedule' || one.request.replace)),
  TOO_LATE: ({ delivered }, wishes, { asked, atMs, error }) => {
    // An express delivery may have it for itself from when it was accepted.
    const aheadMs = error.includes('is being delivered') ? NEAR_MS : SURE_MS
    const lateMs = Math.max(asked.atMs + CANCEL_MARGIN_MS, atMs + aheadMs + CLOCK_SKEW_MS)
    const from = asked.request.action === 'schedule' ? undefined : asked.request.dueAtMs
    const isMeant = ({ dueAtMs }: { dueAtMs: number }) => from === undefined || from === dueAtMs
    return (
      wishes.some((wish) => isMeant(wish) && wish.dueAtMs < lateMs) ||
      delivered.some((one) => isMeant(one) && one.atMs <= atMs)
    )
  },
  EVENT_AMBIGUOUS: (_, wishes, { atMs }) =>
    new Set(wishes.filter(({ asked }) => asked.atMs <= atMs).map(({ dueAtMs }) => dueAtMs)).size > 1,
  NOT_INDEXED: ({ index }, _, { asked }) => index === 'none' && isByIdAlone(asked),
}

function nameOf({ id }: Story, dueAtMs: number): string {
  return `${id}, due ${iso(dueAtMs)},`
}

/** A request, in words. */
function said({ request, atMs, told }: Asked): string {
  const { dueAtMs, action } = request
  const replacing = action === 'schedule' && request.replace ? ', replacing,' : ''
  const content = action === 'cancel' || request.content === undefined ? '' : ` as ${request.content}`
  const of = dueAtMs === undefined ? '' : ` ${iso(dueAtMs)}`
  const to = action === 'reschedule' ? ` to ${iso(request.toMs)}` : ''
  const answers = told.map((one) => `${one.code} at ${iso(one.atMs)}`)
  return `${action}${of}${to}${content}${replacing} was published at ${iso(atMs)}, and told was ${answers.join(', ') || 'nothing'}`
}

/** A story in lines to add to a sentence: what was asked, and what was seen, each with its time. None of a single request. */
export function historyOf(story: Story): string {
  if (story.asked.length < 2) return ''
  const lines = [
    ...story.asked.map((asked) => ({ atMs: asked.atMs, line: said(asked) })),
    ...[...story.parked].map(([dueAtMs, atMs]) => ({ atMs, line: `parked ${iso(dueAtMs)} at ${iso(atMs)}` })),
    ...story.ended.map((one) => ({
      atMs: one.atMs,
      line: `ended ${iso(one.dueAtMs)} as ${one.content}: ${one.code} at ${iso(one.atMs)}`,
    })),
    ...story.delivered.map((one) => ({
      atMs: one.atMs,
      line: `delivered ${iso(one.dueAtMs)} as ${one.content} at ${iso(one.atMs)}`,
    })),
  ]
  return lines
    .sort((one, other) => one.atMs - other.atMs)
    .map(({ line }) => `\n    ${line}`)
    .join('')
}

const iso = (atMs: number) => new Date(atMs).toISOString()
