import type { FaultName } from './faults.ts'
import type { Region } from './region.ts'

/** How often trouble comes, on average, and how long it stays, ms. */
interface Pattern {
  everyMs: number
  leastMs: number
  mostMs: number
}

/** Trouble that comes at random and passes, one spell after the other. */
export interface Spells {
  /** Whether there is trouble now. */
  on(): boolean
  /** When the trouble there is passes, epoch ms; 0 before the first. */
  untilMs(): number
}

/** The spells of a fault: at least one in a run, none where it is not enabled, and none that begin after the clients have gone. */
export function startSpells(
  { time, faults, untilMs: lastMs }: Region,
  fault: FaultName,
  { everyMs, leastMs, mostMs }: Pattern,
  onBegin: (untilMs: number) => void = () => {},
): Spells {
  let untilMs = 0
  const plan = (startMs: number) => {
    if (startMs > lastMs) return
    time.at(startMs, () => {
      untilMs = time.now() + faults.between(leastMs, mostMs)
      onBegin(untilMs)
      time.at(untilMs, () => plan(Math.ceil(untilMs - Math.log(1 - faults.random()) * everyMs)))
    })
  }
  if (faults.enabled.has(fault)) plan(faults.between(time.now(), Math.min(time.now() + everyMs, lastMs)))
  return { on: () => untilMs > time.now(), untilMs: () => untilMs }
}
