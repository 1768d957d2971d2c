import type { IndexKind } from '../../core/index-kind.ts'
import { CLOCK_SKEW_MS, NOTICE_MS } from '../../core/timetable.ts'
import type { Status } from '../../status/status.ts'

/** What a client asks for in one message about an id. Instants are epoch ms. */
export type Request =
  | { action: 'schedule'; dueAtMs: number; content: string; latestAtMs?: number | undefined; replace?: boolean }
  | { action: 'cancel'; dueAtMs?: number | undefined }
  | { action: 'reschedule'; dueAtMs?: number | undefined; toMs: number; content?: string | undefined }

/** A message: when it was published, and what its client was told of it. */
export interface Asked {
  messageId: string
  atMs: number
  request: Request
  /** How often a validator was handed it. */
  receives: number
  told: { code: string; error: string; atMs: number }[]
}

/** Something that happened to the event of a date. */
interface Happened {
  dueAtMs: number
  atMs: number
}

/** All that was asked about one id, and what the world saw of it. */
export interface Story {
  id: string
  /** Whether a client chose the id: only then is it found without a date. */
  isOwn: boolean
  /** Which ids the stack indexes. */
  index: IndexKind
  /** In the order in which it counts: by when it was published, the cancel last within a millisecond. */
  asked: Asked[]
  /** `unrecorded`: a fault kept its emitter from writing that down, so that nobody but its target knows. */
  delivered: (Happened & { content: string; unrecorded?: boolean })[]
  /** Notices that an event failed or expired. */
  ended: (Happened & { code: string; content: string })[]
  /** When something was parked first, epoch ms, by its date. */
  parked: Map<number, number>
  /** The same of each content, by date and content. */
  parkedAs: Map<string, number>
}

export function aStory(id: string, isOwn = true, index: IndexKind = 'own'): Story {
  return { id, isOwn, index, asked: [], delivered: [], ended: [], parked: new Map(), parkedAs: new Map() }
}

/** Tells an event from all others. */
export function keyOf(id: string, dueAtMs: number): string {
  return `${id} ${dueAtMs}`
}

/** What a request that was not refused puts at a date: one of these contents. */
export interface Wish {
  asked: Asked
  dueAtMs: number
  contents: readonly string[]
}

/** Everything that was asked for and not refused. */
export function wishesOf(story: Story, among: readonly Asked[] = story.asked): Wish[] {
  return among.flatMap((asked) => wishOf(story, asked) ?? [])
}

function wishOf(story: Story, asked: Asked): Wish | undefined {
  const { request, told } = asked
  if (request.action === 'cancel') return undefined
  // What could not be replaced goes out beside the one that was to replace it.
  const allowed = request.action === 'schedule' ? ['TOO_LATE'] : []
  if (!isToldOnly(told, allowed)) return undefined
  if (request.action === 'schedule') return { asked, dueAtMs: request.dueAtMs, contents: [request.content] }
  const contents = request.content === undefined ? contentsFor(story, asked) : [request.content]
  return { asked, dueAtMs: request.toMs, contents }
}

/** The date at which a request asks for an event, epoch ms. */
export function goesTo(request: Exclude<Request, { action: 'cancel' }>): number {
  return request.action === 'schedule' ? request.dueAtMs : request.toMs
}

/** What a reschedule may have found where it was to move something from. */
function contentsFor(story: Story, asked: Asked): string[] {
  const { dueAtMs } = asked.request
  // By the id alone it moves the only one that is pending when it arrives, which may be another than when it was published.
  const found = wishesOf(story, before(story, asked)).filter((wish) => (dueAtMs ?? wish.dueAtMs) === wish.dueAtMs)
  return [...new Set(found.flatMap(({ contents }) => contents))]
}

/** A failure is told within this of when it is written to have been, by two clocks, ms: what is published meanwhile comes after it. */
const TOLD_WITHIN_MS = NOTICE_MS + 2 * CLOCK_SKEW_MS

/** The dates from which a reschedule may have moved something: its own, or those where something was not over. */
function sourcesOf(story: Story, asked: Asked): number[] {
  const { request } = asked
  if (request.action !== 'reschedule') return []
  if (request.dueAtMs !== undefined) return [request.dueAtMs]
  const earlier = before(story, asked)
  const dates = new Set(wishesOf(story, earlier).map(({ dueAtMs }) => dueAtMs))
  const isOpen = (dueAtMs: number) => {
    const last = lastFor(story, earlier, dueAtMs)
    // What has failed or expired, and was asked for again since, or while that was told, is pending once more.
    const stands = story.ended.filter(({ atMs }) => atMs - TOLD_WITHIN_MS >= (last?.atMs ?? 0))
    const isOver = [...story.delivered, ...stands].some((one) => one.dueAtMs === dueAtMs && one.atMs < asked.atMs)
    return !isOver && !isStoppedBy(story, earlier, { dueAtMs, after: last })
  }
  return [...dates].filter(isOpen)
}

const lastFor = (story: Story, among: readonly Asked[], dueAtMs: number) =>
  wishesOf(story, among).findLast((wish) => wish.dueAtMs === dueAtMs)?.asked

function isStoppedBy(
  story: Story,
  among: readonly Asked[],
  of: { dueAtMs: number; after: Asked | undefined },
): boolean {
  const from = of.after === undefined ? 0 : among.indexOf(of.after) + 1
  return among.slice(from).some((one) => stopsAt(story, one, of.dueAtMs) === 'yes')
}

/** What counts before a request. */
export function before({ asked: all }: Story, asked: Asked): Asked[] {
  return all.slice(0, all.indexOf(asked))
}

/** What counts after a request. */
export function after({ asked: all }: Story, asked: Asked): Asked[] {
  return all.slice(all.indexOf(asked) + 1)
}

/**
 * Whether a request ends what was asked for at a date before it. It may be open: of a reschedule without a date, and of one
 * that was refused at its own date, but replaces what arrives later.
 */
export function stopsAt(story: Story, asked: Asked, dueAtMs: number): 'yes' | 'maybe' | 'no' {
  const { request, told } = asked
  const yes = (does: boolean) => (does ? 'yes' : 'no')
  // What is there goes out, and nothing that comes to its date later.
  if (isSpared(asked, dueAtMs))
    return [...story.delivered, ...story.ended].some((one) => one.dueAtMs === dueAtMs) ? 'maybe' : 'no'
  if (request.action === 'cancel') {
    // One that finds nothing stays: what was published before it, and arrives later, stays cancelled.
    if (request.dueAtMs !== undefined) return yes(request.dueAtMs === dueAtMs && isToldOnly(told, ['EVENT_NOT_FOUND']))
    return yes(story.isOwn && isToldOnly(told, ['EVENT_NOT_FOUND', 'EVENT_ENDED', 'TOO_LATE']))
  }
  if (request.action === 'schedule') {
    if (!request.replace || isTold(asked, 'NOT_INDEXED')) return 'no'
    return request.dueAtMs !== dueAtMs || isToldOnly(told, ['TOO_LATE']) ? 'yes' : 'maybe'
  }
  const sources = told.length > 0 ? [] : sourcesOf(story, asked)
  if (!sources.includes(dueAtMs)) return 'no'
  const last = wishesOf(story, before(story, asked)).findLast((wish) => wish.dueAtMs === dueAtMs)
  const lastParkedAtMs = last?.contents.map((content) => story.parkedAs.get(`${dueAtMs} ${content}`) ?? 0) ?? []
  const hasOvertaken =
    (story.parked.get(dueAtMs) ?? Number.POSITIVE_INFINITY) >= asked.atMs || Math.max(...lastParkedAtMs) >= asked.atMs
  return sources.length > 1 || (request.dueAtMs === undefined && hasOvertaken) ? 'maybe' : 'yes'
}

/** Whether its client was told that the event of a date goes out all the same. */
export function isSpared({ told }: Asked, dueAtMs: number): boolean {
  return told.some(({ code, error }) => code === 'TOO_LATE' && error.includes(new Date(dueAtMs).toISOString()))
}

/** Whether what a request means is found by its id alone. */
export function isByIdAlone({ request }: Asked): boolean {
  return request.action === 'schedule' ? !!request.replace : request.dueAtMs === undefined
}

export function isTold({ told }: Asked, asCode: string): boolean {
  return told.some(({ code }) => code === asCode)
}

function isToldOnly(told: Asked['told'], codes: readonly string[]): boolean {
  return told.every(({ code }) => codes.includes(code))
}

/** What may be told of the event of a date when the story is over; `undefined` that it is not listed. */
export function statusesAt(story: Story, dueAtMs: number): ReadonlySet<Status | undefined> {
  const statuses = new Set<Status | undefined>()
  for (const one of story.ended)
    if (one.dueAtMs === dueAtMs) statuses.add(one.code === 'EXPIRED' ? 'expired' : 'failed')
  const delivered = story.delivered.filter((one) => one.dueAtMs === dueAtMs)
  if (delivered.length > 0) statuses.add('delivered')
  if (delivered.some(({ unrecorded }) => !unrecorded)) return statuses
  const stops = story.asked.filter((one) => stopsAt(story, one, dueAtMs) !== 'no')
  if (stops.length > 0) statuses.add('cancelled')
  // What was to be moved here, and was stopped before it was, has never come.
  const hasCome = wishesOf(story).some(
    ({ asked, ...wish }) =>
      wish.dueAtMs === dueAtMs &&
      (asked.request.action === 'schedule' || !after(story, asked).some((one) => stops.includes(one))),
  )
  return hasCome ? statuses : statuses.add(undefined)
}
