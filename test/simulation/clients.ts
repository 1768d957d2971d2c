import type { Random } from '../../core/clock.ts'
import { CANCEL_MARGIN_MS, MIN_LATEST_MS } from '../../core/timetable.ts'
import { LARGEST_PAYLOAD, startBursts } from './bursts.ts'
import type { Input } from './input.ts'
import type { Judge } from './judge.ts'
import type { Region } from './region.ts'
import { OWN_FAILURE_TOPIC, TARGETS } from './targets.ts'

interface Planned {
  id: string
  /** Where its client believes it to be due. */
  dueAtMs: number
  latestAtMs: number | undefined
  message: Record<string, unknown> & { payload: string }
}

/** One thing that a client does with an event. */
type Step = 'again' | 'other' | 'cancel' | 'move' | 'back' | 'nonsense'

/** What clients come to do with an event that they have scheduled, one step after the other, and how many of them do. */
const PLOTS: readonly (readonly [share: number, ...steps: Step[]])[] = [
  [0.01, 'again'],
  [0.005, 'other'],
  [0.02, 'cancel'],
  [0.01, 'move'],
  [0.003, 'nonsense'],
  [0.002, 'move', 'back'],
  [0.002, 'move', 'cancel'],
  [0.002, 'move', 'back', 'cancel'],
  [0.002, 'cancel', 'again'],
  [0.002, 'cancel', 'other'],
  [0.002, 'cancel', 'cancel'],
  [0.001, 'cancel', 'again', 'cancel'],
  [0.001, 'cancel', 'other', 'cancel', 'again'],
]

/** One payload in so many is of any size that fits, where large ones are sent at all. */
const LARGE_PAYLOAD = 1 / 500

/** How close to the margin, on both sides, many changes come, ms. */
const NEAR_MARGIN_MS = 3_000

/** Of two events with other fields, published while the first is being written, either may stay: nobody asks for that. ms */
const WRITTEN_MS = 60_000

/** How long after it was due an event may still be asked about, ms. */
const AFTER_MS = 600_000

/**
 * Simulated clients: they schedule, repeat themselves, change their minds, once or several times, and make mistakes.
 * @param rate events a second on average; in bursts at times
 */
export function startClients(rate: number, region: Region, input: Input, judge: Judge, random: Random): void {
  const { time, faults, untilMs } = region
  let count = 0
  const chance = (probability: number) => random() < probability
  const within = (lowMs: number, highMs: number) => Math.floor(lowMs + random() * (highMs - lowMs))

  const dueAhead = () => {
    const kind = random()
    if (kind < 0.03) return -within(0, 1_800_000)
    if (kind < 0.4) return within(0, 10_000)
    if (kind < 0.7) return within(10_000, 300_000)
    if (kind < 0.97) return within(300_000, 3_600_000)
    return within(3_600_000, 7_200_000)
  }
  const target = () => {
    const kind = random()
    return kind < 0.002 ? TARGETS.nowhere : kind < 0.05 ? TARGETS.flaky : kind < 0.5 ? TARGETS.other : TARGETS.healthy
  }
  const plan = (dueAtMs: number, size: number): Planned => {
    const id = `e${count++}`
    const latestAtMs = chance(0.01) ? dueAtMs + within(MIN_LATEST_MS, 60_000) : undefined
    const latest = latestAtMs === undefined ? {} : { latest: iso(latestAtMs) }
    const failureTopic = chance(0.2) ? { failure_topic: OWN_FAILURE_TOPIC } : {}
    const payload = id.padEnd(size, '.')
    return {
      id,
      dueAtMs,
      latestAtMs,
      message: { id, target: target(), user: 'simulation', payload, ...latest, ...failureTopic },
    }
  }
  const publish = ({ id, dueAtMs, latestAtMs, message }: Planned) => {
    const messageId = input.publish(JSON.stringify({ ...message, date: iso(dueAtMs) }))
    const { payload } = message
    judge.asked(id, { messageId, atMs: time.now(), action: 'schedule', dueAtMs, payload, latestAtMs })
  }
  const change = (action: 'cancel' | 'reschedule', { id, dueAtMs }: Planned, newDueAtMs?: number) => {
    const newDate = newDueAtMs === undefined ? {} : { new_date: iso(newDueAtMs) }
    const messageId = input.publish(JSON.stringify({ action, id, date: iso(dueAtMs), ...newDate }))
    judge.asked(id, { messageId, atMs: time.now(), action, dueAtMs, newDueAtMs })
  }
  const move = (planned: Planned, newDueAtMs: number) => {
    change('reschedule', planned, newDueAtMs)
    planned.dueAtMs = newDueAtMs
  }
  const take = (step: Step, planned: Planned, firstDueAtMs: number) => {
    if (step === 'again') publish(planned)
    if (step === 'cancel') change('cancel', planned)
    if (step === 'move') move(planned, time.now() + Math.abs(dueAhead()) + 1)
    if (step === 'back') move(planned, firstDueAtMs)
    if (step === 'nonsense') input.publish(JSON.stringify({ ...planned.message, id: undefined, date: 'one day' }))
    if (step !== 'other') return
    planned.message = { ...planned.message, payload: `${planned.message.payload}!` }
    publish(planned)
  }
  /** When somebody thinks of changing what is due then: at any time before, about the margin, or after. */
  const whenAbout = (dueAtMs: number) => {
    const kind = random()
    if (kind < 0.5) return within(time.now(), Math.max(time.now(), dueAtMs))
    const marginMs = dueAtMs - CANCEL_MARGIN_MS
    if (kind < 0.8) return within(marginMs - NEAR_MARGIN_MS, marginMs + NEAR_MARGIN_MS)
    return within(dueAtMs, dueAtMs + AFTER_MS)
  }
  /** The next step of a plot follows within milliseconds, seconds or minutes. */
  const pause = () => within(0, [30, 5_000, 300_000][within(0, 3)] as number)
  const changeMind = (planned: Planned) => {
    const plot = plotAt(random())
    if (!plot) return
    const [, ...steps] = plot
    const firstDueAtMs = planned.dueAtMs
    const earliestMs = time.now() + (steps.includes('other') ? WRITTEN_MS : 0)
    let atMs = Math.max(earliestMs, whenAbout(firstDueAtMs))
    for (const step of steps) {
      time.at(atMs, () => take(step, planned, firstDueAtMs))
      atMs += pause()
    }
  }
  const anySize = () => (faults.strikes('largePayloads', LARGE_PAYLOAD) ? within(0, LARGEST_PAYLOAD) : 0)
  const schedule = (dueAtMs: number, size = anySize()) => {
    const planned = plan(dueAtMs, size)
    publish(planned)
    changeMind(planned)
  }
  const next = () => {
    if (time.now() > untilMs) return
    time.at(time.now() + (-Math.log(1 - random()) * 1_000) / rate, next)
    if (!chance(1 / (rate * 1_800))) return schedule(time.now() + dueAhead())
    // Twice an hour a burst: everybody wants the same instant.
    const burstAtMs = time.now() + within(1_000, 900_000)
    for (let i = 0; i < rate * 30; i++)
      time.at(time.now() + within(0, 30_000), () => schedule(Math.max(burstAtMs, time.now())))
  }
  next()
  startBursts(region, schedule)
}

/** The plot whose share of all holds a number from 0 to 1. */
function plotAt(kind: number): (typeof PLOTS)[number] | undefined {
  let share = 0
  return PLOTS.find((plot) => {
    share += plot[0]
    return kind < share
  })
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString()
}
