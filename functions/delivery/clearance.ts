import type { Clock } from '../../core/clock.ts'

export interface ClearanceOptions {
  /**
   * Whether nothing may be published before it is cleared.
   *
   * @default false: everything is cleared, for ever
   */
  needsClearance?: boolean
  /**
   * Whether nothing may be published at this moment, though it is cleared.
   *
   * @default nothing holds it back
   */
  isHeldBack?: () => boolean
}

/**
 * Until when a delivery may begin to publish, whatever is due. Whoever gives it vouches until then that the events are
 * still theirs to publish, and that nobody has cancelled them. A function that stood still beyond it, and goes on,
 * publishes nothing.
 */
export function startClearance(
  { now }: Pick<Clock, 'now'>,
  { needsClearance = false, isHeldBack = () => false }: ClearanceOptions = {},
) {
  let untilMs = needsClearance ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  return {
    /** Gives clearance until this instant, inclusive, and no longer; epoch ms. */
    give(newUntilMs: number): void {
      untilMs = newUntilMs
    },
    /** The last instant that is cleared, epoch ms. */
    untilMs: (): number => untilMs,
    /** Whether a publish may begin now. */
    isGiven: (): boolean => now() <= untilMs && !isHeldBack(),
  }
}

export type Clearance = ReturnType<typeof startClearance>
