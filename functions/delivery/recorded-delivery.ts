import type { CheckpointWriter } from '../../core/checkpoint.ts'
import { type CheckpointDeps, startCheckpointing } from './checkpointing.ts'
import { type DeliveryDeps, startDelivery } from './delivery.ts'
import { emptyTally, type FateDeps, fateWith } from './fate.ts'

export type SessionDeps = DeliveryDeps & CheckpointDeps & FateDeps

/**
 * A delivery that writes down what becomes of its events.
 * @param readUpTo the key up to which events have been handed to it
 */
export function startSession(deps: SessionDeps, writer: CheckpointWriter, readUpTo?: () => string) {
  const tally = emptyTally()
  const checkpointing = startCheckpointing(deps, writer, readUpTo && (() => delivery.firstKey() ?? readUpTo()))
  const delivery = startDelivery(deps, fateWith(deps, checkpointing, tally))
  return {
    delivery,
    tally,
    /** Ends the delivery, and in any case writes down what has been published. */
    async finish(): Promise<void> {
      try {
        await delivery.finish()
      } finally {
        await checkpointing.finish()
      }
    },
  }
}

export type Session = ReturnType<typeof startSession>
