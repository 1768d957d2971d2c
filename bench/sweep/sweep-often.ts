import { systemClock } from '../../aws/system-clock.ts'
import { minuteOf } from '../../core/slot.ts'
import { sweep } from '../../functions/loader/sweep.ts'
import { runnersInMemory } from '../../test/memory/runners.ts'
import { quantile } from '../measure/quantiles.ts'
import type { ParkedTable } from './parked-table.ts'

const WARM_UPS = 10

/** The loader's sweep as it runs each minute, over and over; how long it takes, ms, and what it reads. */
export async function sweepOften({ table, reads }: ParkedTable, sweeps: number) {
  const once = async () => {
    const startedMs = performance.now()
    await sweep(
      { table, runners: runnersInMemory(), clock: systemClock },
      { fromMs: minuteOf(systemClock.now()), deadlineMs: Number.POSITIVE_INFINITY, reached: async () => {} },
    )
    return performance.now() - startedMs
  }
  for (let i = 0; i < WARM_UPS; i++) await once()
  const before = { ...reads }
  const took: number[] = []
  for (let i = 0; i < sweeps; i++) took.push(await once())
  took.sort((a, b) => a - b)
  return {
    p50: quantile(took, 0.5),
    p99: quantile(took, 0.99),
    requests: (reads.requests - before.requests) / sweeps,
    reads: (reads.items - before.items) / sweeps,
    units: (reads.units - before.units) / sweeps,
  }
}
