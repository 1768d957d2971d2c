import type { Random } from '../../core/clock.ts'

/** What clients decide by. */
export function diceOf(random: Random) {
  const within = (low: number, high: number) => Math.floor(low + random() * (high - low))
  return {
    random,
    chance: (probability: number) => random() < probability,
    /** A whole number from `low`, inclusive, to `high`, exclusive. */
    within,
    oneOf: <T>(all: readonly T[]) => all[within(0, all.length)] as T,
  }
}

export type Dice = ReturnType<typeof diceOf>
