import { CANCEL_MARGIN_MS } from '../../core/timetable.ts'
import type { Dice } from './dice.ts'
import type { Publish } from './publisher.ts'
import type { Request } from './story.ts'
import { TARGETS } from './targets.ts'
import type { VirtualTime } from './virtual-time.ts'

/** What a client asks for next, once it has scheduled an event. By the id alone: `all`, `only`. */
const CHANGES = [
  'cancel',
  'cancel all',
  'move',
  'move only',
  'move back',
  'again',
  'other',
  'replace',
  'replace elsewhere',
] as const

/** Those that name a date, for an id that SNS gave. */
const DATED: readonly (typeof CHANGES)[number][] = ['cancel', 'move', 'move back']

/** What goes where, as the client sees it. Each content has one target, so that the same content means the same event. */
interface Sent {
  content: string
  target: string
}

export interface Teller {
  publish: Publish
  time: VirtualTime
  dice: Dice
  /** How far ahead events are due, ms. */
  aheadMs: () => number
}

/** A client that schedules an event, and changes its mind: a few times, in haste, or around the time it is due. */
export function changeMind({ publish, time, dice, aheadMs }: Teller, ownId: string | undefined): void {
  const { chance, within, oneOf } = dice
  const isHasty = chance(0.4)
  let contents = 0
  let id = ownId
  let dueAtMs = time.now() + aheadMs()
  const sent = new Map<number, Sent>()
  const dates = [dueAtMs]

  const send = (request: Request, target?: string) => {
    id = publish({ id, request, target })
  }
  const fresh = (): Sent => ({
    content: `${ownId ?? 'sns'}~${contents++}`,
    target: dice.chance(0.15) ? TARGETS.nowhere : TARGETS.healthy,
  })
  const schedule = (atMs: number, what = fresh(), replace = false) => {
    goTo(atMs, what)
    send({ action: 'schedule', dueAtMs, content: what.content, ...(replace && { replace }) }, what.target)
  }
  const move = (fromMs: number | undefined, toMs: number) => {
    const what = chance(0.5) ? fresh() : undefined
    const moved = what ?? sent.get(fromMs ?? dueAtMs)
    if (moved) goTo(toMs, moved)
    send({ action: 'reschedule', dueAtMs: fromMs, toMs, content: what?.content }, what?.target)
  }
  const goTo = (atMs: number, what: Sent) => {
    dueAtMs = atMs
    dates.push(atMs)
    sent.set(atMs, what)
  }
  const elsewhere = () => time.now() + aheadMs()
  const change = () => {
    switch (oneOf(ownId === undefined ? DATED : CHANGES)) {
      case 'cancel':
        return send({ action: 'cancel', dueAtMs: chance(0.8) ? dueAtMs : oneOf(dates) })
      case 'cancel all':
        return send({ action: 'cancel' })
      case 'move':
        return move(dueAtMs, elsewhere())
      case 'move only':
        return move(undefined, elsewhere())
      case 'move back': {
        const back = dates.findLast((date) => date !== dueAtMs)
        return move(dueAtMs, back ?? elsewhere())
      }
      case 'again':
        return schedule(dueAtMs, sent.get(dueAtMs))
      case 'other':
        return schedule(dueAtMs)
      case 'replace':
        return schedule(dueAtMs, fresh(), true)
      case 'replace elsewhere':
        return schedule(elsewhere(), fresh(), true)
    }
  }
  /** When its mind changes next: at any distance from when the event is due. */
  const nextMs = () => {
    const inAMoment = time.now() + within(1, 60)
    if (isHasty) return inAMoment
    const atMs = oneOf([
      () => within(time.now(), Math.max(time.now(), dueAtMs)),
      () => dueAtMs - within(0, 2 * CANCEL_MARGIN_MS),
      () => dueAtMs + within(-300, 300),
      () => dueAtMs + within(1_000, 300_000),
    ])()
    return Math.max(inAMoment, atMs)
  }
  const goOn = (left: number) => {
    if (left === 0) return
    time.at(nextMs(), () => {
      change()
      goOn(left - 1)
    })
  }
  schedule(dueAtMs)
  goOn(within(1, 6))
}

/** A client that puts an event off again and again, each time by replacing it. */
export function putOff({ publish, time, dice, aheadMs }: Teller, id: string): void {
  const waitMs = Math.max(1_000, aheadMs())
  const replace = (turn: number, left: number) => {
    const request = {
      action: 'schedule',
      dueAtMs: time.now() + waitMs,
      content: `${id}~${turn}`,
      replace: true,
    } as const
    publish({ id, request, target: TARGETS.healthy })
    if (left > 0)
      time.at(time.now() + dice.within(1, dice.chance(0.5) ? 50 : 2 * waitMs), () => replace(turn + 1, left - 1))
  }
  replace(0, dice.within(1, 8))
}
