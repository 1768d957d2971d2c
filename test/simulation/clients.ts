import type { Random } from '../../core/clock.ts'
import { MIN_LATEST_MS } from '../../core/timetable.ts'
import { LARGEST_PAYLOAD, startBursts } from './bursts.ts'
import type { Input } from './input.ts'
import type { Judge } from './judge.ts'
import type { Region } from './region.ts'
import { OWN_FAILURE_TOPIC, TARGETS } from './targets.ts'

interface Planned {
  id: string
  dueAtMs: number
  message: Record<string, unknown>
}

/** One payload in so many is of any size that fits, where large ones are sent at all. */
const LARGE_PAYLOAD = 1 / 500

/**
 * Simulated clients: they schedule, repeat themselves, change their minds and make mistakes.
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
  const payloadOf = (id: string, size: number) => id.padEnd(size, '.')
  const plan = (dueAtMs: number, size: number): Planned => {
    const id = `e${count++}`
    const latestAtMs = chance(0.01) ? dueAtMs + within(MIN_LATEST_MS, 60_000) : undefined
    const latest = latestAtMs === undefined ? {} : { latest: iso(latestAtMs) }
    const failureTopic = chance(0.2) ? { failure_topic: OWN_FAILURE_TOPIC } : {}
    judge.scheduled(id, dueAtMs, latestAtMs)
    return {
      id,
      dueAtMs,
      message: {
        id,
        date: iso(dueAtMs),
        target: target(),
        user: 'simulation',
        payload: payloadOf(id, size),
        ...latest,
        ...failureTopic,
      },
    }
  }
  const changeMind = ({ id, dueAtMs, message }: Planned) => {
    const kind = random()
    const aheadMs = dueAtMs - time.now()
    if (kind < 0.01) {
      // The same event again, at any time, even after it was delivered.
      time.at(time.now() + within(0, Math.max(0, aheadMs) + 600_000), () => input.publish(JSON.stringify(message)))
    } else if (kind < 0.03) {
      time.at(time.now() + within(0, Math.max(1, aheadMs)), () => {
        judge.cancelRequested(id, dueAtMs)
        input.publish(JSON.stringify({ action: 'cancel', id, date: iso(dueAtMs) }))
      })
    } else if (kind < 0.033) input.publish(JSON.stringify({ ...message, id: undefined, date: 'one day' }))
  }
  const anySize = () => (faults.strikes('largePayloads', LARGE_PAYLOAD) ? within(0, LARGEST_PAYLOAD) : 0)
  const schedule = (dueAtMs: number, size = anySize()) => {
    const planned = plan(dueAtMs, size)
    input.publish(JSON.stringify(planned.message))
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

function iso(atMs: number): string {
  return new Date(atMs).toISOString()
}
