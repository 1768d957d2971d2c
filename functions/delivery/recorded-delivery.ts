import type { CheckpointWriter } from '../../core/checkpoint.ts'
import { type CheckpointingDeps, startCheckpointing } from './checkpointing.ts'
import { type DeliveryDeps, type DeliveryOptions, startDelivery } from './delivery.ts'
import { emptyTally, type FateDeps, fateWith } from './fate.ts'

export type RecordedDeliveryDeps = DeliveryDeps & CheckpointingDeps & FateDeps

export interface RecordedDeliveryOptions extends Omit<DeliveryOptions, 'isHeldBack'> {
  /**
   * The key up to which events have been handed to the delivery: a new emitter goes on there, or at the lowest
   * that is not done with.
   *
   * @default nobody goes on: everything has been handed over
   */
  readUpTo?: () => string
  /**
   * The claim under which the events are delivered.
   *
   * @default they are not claimed: whoever delivers them owns them
   */
  by?: string
  /** Is told the keys of the events that have been recorded as published. */
  recorded?: (keys: readonly string[]) => void
}

/** A delivery that writes down what becomes of its events, and publishes no more of them while its records are behind. */
export function startRecordedDelivery(
  deps: RecordedDeliveryDeps,
  writer: CheckpointWriter,
  { readUpTo, by, recorded = () => {}, ...options }: RecordedDeliveryOptions = {},
) {
  const tally = emptyTally()
  /** The lowest key that was not done with when the delivery was abandoned. */
  let abandonedAt: string | undefined
  const upTo = readUpTo && (() => abandonedAt ?? delivery.lowestKey() ?? readUpTo())
  const checkpointing = startCheckpointing(deps, writer, {
    upTo,
    recorded(keys) {
      recorded(keys)
      // What was held back until its predecessors are recorded may go on.
      delivery.wake()
    },
  })
  const delivery = startDelivery(deps, fateWith(deps, { checkpointing, tally, by }), {
    ...options,
    isHeldBack: checkpointing.isBehind,
  })
  return {
    delivery,
    tally,
    /** Lets go of what is not being published at this moment: it is the next emitter's, which goes on from there. */
    abandon(): void {
      abandonedAt = delivery.lowestKey()
      delivery.abandon()
    },
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

export type RecordedDelivery = ReturnType<typeof startRecordedDelivery>
