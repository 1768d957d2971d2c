/** What a client has published about an event, as the world saw it. */
export interface Asked {
  /** The SNS MessageId, by which a refusal names it. */
  messageId: string
  /** When it was published, epoch ms. */
  atMs: number
  action: 'schedule' | 'cancel' | 'reschedule'
  dueAtMs: number
  /** Where a reschedule moves the event. */
  newDueAtMs?: number | undefined
  payload?: string | undefined
  latestAtMs?: number | undefined
  /** The code of the notice that refused it, if one did. */
  code?: string | undefined
}

/** A notice that an event has ended undelivered. */
export interface Ended {
  atMs: number
  dueAtMs: number
  ending: 'failed' | 'expired'
}

/** Everything about one id, in the order in which it came. */
export interface Story {
  asked: Asked[]
  ended: Ended[]
}

/** What clients were promised of one id and date, all told. */
export interface Promised {
  payload: string | undefined
  latestAtMs: number | undefined
  /** When it was asked for, epoch ms. */
  askedAtMs: number
  /** Whether it was moved here so shortly before it was due that the answer may have waited for proof. */
  wasInDoubt?: boolean
  /** How it has ended, if not by a delivery. */
  ending?: 'failed' | 'expired' | 'cancelled' | 'moved' | undefined
  endedAtMs?: number
  /** A request that was taken, though it could not be carried out beside another. */
  unfit?: string | undefined
}

/** Of what was published within one millisecond the cancel wins. */
const RANKS = { schedule: 0, reschedule: 1, cancel: 2 }

/** A notice is told before it is written that the event has ended, and by another clock than that of who publishes again. */
const TOLD_BEFORE_MS = 2_000

/** An event that is published again so long after it ended is sure to get another attempt, ms. */
const SURE_AGAIN_MS = 600_000

/** A change published so shortly before may be written so late that it waits for proof, ms. */
const IN_DOUBT_MS = 10_000

/**
 * What was promised of each date of one id: what was published last wins, whichever arrived first, and what was refused
 * counts for nothing. That of `docs/actions.md`, with the answers taken as they came.
 */
export function promisesOf({ asked, ended }: Story): Map<number, Promised> {
  const promises = new Map<number, Promised>()
  const steps = [
    ...asked.filter(isTaken).map((one) => ({ ...one, rank: RANKS[one.action] })),
    ...ended.map((one) => ({ ...one, atMs: Math.max(one.atMs - TOLD_BEFORE_MS, firstAskedMs(asked, one)), rank: 3 })),
  ].sort((a, b) => a.atMs - b.atMs || a.rank - b.rank)
  for (const step of steps) {
    if ('ending' in step) end(promises, step)
    else CARRY_OUT[step.action](promises, step)
  }
  return promises
}

/** A cancel of an event that is not there stands all the same. */
function isTaken({ action, code }: Asked): boolean {
  return code === undefined || (action === 'cancel' && code === 'EVENT_NOT_FOUND')
}

function firstAskedMs(asked: readonly Asked[], { dueAtMs }: Ended): number {
  const first = asked.find((one) => one.dueAtMs === dueAtMs || one.newDueAtMs === dueAtMs)
  return first?.atMs ?? Number.NEGATIVE_INFINITY
}

type Promises = Map<number, Promised>

const CARRY_OUT: Record<Asked['action'], (promises: Promises, asked: Asked) => void> = {
  schedule(promises, { dueAtMs, payload, latestAtMs, atMs, messageId }) {
    const there = promises.get(dueAtMs)
    const { ending, endedAtMs = atMs, unfit } = there ?? {}
    const mayStay = (ending === 'failed' || ending === 'expired') && atMs - endedAtMs < SURE_AGAIN_MS
    if (!there || ending)
      promises.set(dueAtMs, { payload, latestAtMs, askedAtMs: atMs, unfit, ...(mayStay && { ending, endedAtMs }) })
    else if (there.payload !== payload) there.unfit ??= `${messageId}, which has other fields`
  },
  cancel(promises, { dueAtMs }) {
    const there = promises.get(dueAtMs)
    if (there && !there.ending) there.ending = 'cancelled'
  },
  reschedule(promises, { dueAtMs, newDueAtMs = dueAtMs, payload, atMs, messageId }) {
    const old = promises.get(dueAtMs)
    if (!old) return
    const there = promises.get(newDueAtMs)
    if (old.ending || (there && !there.ending)) old.unfit ??= `${messageId}, which moves it`
    else {
      const wasInDoubt = dueAtMs - atMs < IN_DOUBT_MS
      promises.set(newDueAtMs, { ...old, payload: payload ?? old.payload, askedAtMs: atMs, wasInDoubt })
      old.ending = 'moved'
    }
  },
}

function end(promises: Promises, { dueAtMs, atMs, ending }: Ended): void {
  const there = promises.get(dueAtMs)
  if (there && !there.ending) Object.assign(there, { ending, endedAtMs: atMs })
}
