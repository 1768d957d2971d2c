import * as z from 'zod'
import { metrics } from '../../aws/metrics.ts'
import { waitTimestamp } from '../../core/slot.ts'
import { lambda } from '../lambda.ts'
import { delivering } from '../world.ts'
import { settleSlotWith } from './settle-slot.ts'

const inputSchema = z.object({ slot: z.string() })

/** Proves that a slot is done with, delivering what was missed. Invoked by its runner until it is settled. */
export const handler = lambda(() => {
  const deps = delivering()
  const settle = settleSlotWith(deps)
  const port = metrics()
  return async (input: unknown) => {
    const { slot } = inputSchema.parse(input)
    const result = await settle(slot)
    // Rounded up to Wait's whole seconds: waking early would only settle nothing again.
    if (!result.settled) return { settled: false, settleAt: waitTimestamp(result.againAtMs + 999) }
    const { settlement } = result
    deps.log.info('settled', { slot, ...settlement })
    port.publish({ Delivered: settlement.delivered, Failed: settlement.failed, ...lateness(settlement.latenessMs) })
    return { settled: true, slot, ...settlement }
  }
})

function lateness(summary?: { p99: number; max: number }) {
  return summary ? { LatenessP99: summary.p99, LatenessMax: summary.max } : {}
}
