import type { Random } from '../../core/clock.ts'
import { MIN_LATEST_MS } from '../../core/timetable.ts'
import { LARGEST_PAYLOAD, startBursts } from './bursts.ts'
import { changeMind, putOff } from './changes-of-mind.ts'
import { diceOf } from './dice.ts'
import type { Input } from './input.ts'
import type { Judge } from './judge.ts'
import { type Message, publishTo } from './publisher.ts'
import type { Region } from './region.ts'
import { OWN_FAILURE_TOPIC, TARGETS } from './targets.ts'

/** One payload in so many is of any size that fits, where large ones are sent at all. */
const LARGE_PAYLOAD = 1 / 500

/** So many of the clients change their minds in a run of the command line, if nothing else is said. */
export const FICKLE = 0.04

/** They look no further ahead, ms. */
const FICKLE_AHEAD_MS = 1_200_000

interface World {
  region: Region
  input: Input
  judge: Judge
}

/**
 * Simulated clients: they schedule, repeat themselves, change their minds and make mistakes.
 * @param rate events a second on average; in bursts at times
 * @param fickle the share of clients who change their minds, several times and in every way
 */
export function startClients(
  { rate, fickle }: { rate: number; fickle: number },
  { region, input, judge }: World,
  random: Random,
): void {
  const { time, faults, untilMs } = region
  const publish = publishTo(input, judge)
  const dice = diceOf(random)
  const { chance, within } = dice
  let count = 0

  const aheadMs = () => {
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
  /** As large as it may be for the target that takes too little. */
  const sizeFor = (name: string) => (name === TARGETS.other && faults.enabled.has('slowTarget') ? LARGEST_PAYLOAD : 0)
  const anEvent = (dueAtMs: number, least: number): Message => {
    const content = `e${count++}`
    const latestAtMs = chance(0.01) ? dueAtMs + within(MIN_LATEST_MS, 60_000) : undefined
    const failureTopic = chance(0.2) ? OWN_FAILURE_TOPIC : undefined
    // One in ten leaves the id to SNS.
    const id = chance(0.1) ? undefined : content
    const name = target()
    const size = Math.max(least, sizeFor(name))
    return { id, request: { action: 'schedule', dueAtMs, content, latestAtMs }, target: name, failureTopic, size }
  }
  const thinkAgain = (message: Message, id: string) => {
    const kind = random()
    const { dueAtMs = 0 } = message.request
    const leftMs = dueAtMs - time.now()
    if (kind < 0.01) {
      // The same event again, at any time, even after it was delivered.
      time.at(time.now() + within(0, Math.max(0, leftMs) + 600_000), () => publish({ ...message, id }))
    } else if (kind < 0.03) {
      time.at(time.now() + within(0, Math.max(1, leftMs)), () =>
        publish({ id, request: { action: 'cancel', dueAtMs } }),
      )
    } else if (kind < 0.033) input.publish(JSON.stringify({ payload: 'a mistake', date: 'one day' }))
  }
  const anySize = () => (faults.strikes('largePayloads', LARGE_PAYLOAD) ? within(0, LARGEST_PAYLOAD) : 0)
  const schedule = (dueAtMs: number, size = anySize()) => {
    const message = anEvent(dueAtMs, size)
    thinkAgain(message, publish(message))
  }
  const teller = { publish, time, dice, aheadMs: () => Math.min(aheadMs(), FICKLE_AHEAD_MS) }
  const beFickle = () => {
    const id = `f${count++}`
    if (chance(0.2)) putOff(teller, id)
    else changeMind(teller, chance(0.15) ? undefined : id)
  }
  const next = () => {
    if (time.now() > untilMs) return
    time.at(time.now() + (-Math.log(1 - random()) * 1_000) / rate, next)
    if (chance(fickle)) return beFickle()
    if (!chance(1 / (rate * 1_800))) return schedule(time.now() + aheadMs())
    // Twice an hour a burst: everybody wants the same instant.
    const burstAtMs = time.now() + within(1_000, 900_000)
    for (let i = 0; i < rate * 30; i++)
      time.at(time.now() + within(0, 30_000), () => schedule(Math.max(burstAtMs, time.now())))
  }
  next()
  startBursts(region, schedule)
}
