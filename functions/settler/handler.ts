import * as z from 'zod'
import { waitTimestamp } from '../../core/slot.ts'
import { DELIVERING, delivering } from '../delivery/delivering.ts'
import { readInput } from '../input.ts'
import { lambda } from '../lambda.ts'
import { type World, worldOnAws } from '../world.ts'
import { settleSlotWith } from './settle-slot.ts'

const inputSchema = z.object({ slot: z.string() })

const NEEDS = DELIVERING

/** Proves that a slot is done with, delivering what was missed. Invoked by its runner until it is settled. */
export function settlerWith(world: Pick<World, (typeof NEEDS)[number]>) {
  const settleSlot = settleSlotWith(delivering(world))
  return async (input: unknown) => {
    const { slot } = readInput(inputSchema, input)
    const result = await settleSlot(slot)
    if (!result.settled && result.unreadable) world.metrics.publish({ Unreadable: result.unreadable })
    // Rounded up to Wait's whole seconds: waking early would only settle nothing again.
    if (!result.settled) return { settled: false, settleAt: waitTimestamp(result.againAtMs + 999) }
    const { settlement } = result
    world.log.info('settled', { slot, ...settlement })
    const { delivered: Delivered, failed: Failed, latenessMs } = settlement
    world.metrics.publish({ Delivered, Failed, ...lateness(latenessMs) })
    return { settled: true, slot, ...settlement }
  }
}

function lateness(summary?: { p99: number; max: number }) {
  return summary ? { LatenessP99: summary.p99, LatenessMax: summary.max } : {}
}

export const handler = lambda(() => settlerWith(worldOnAws(...NEEDS)))
