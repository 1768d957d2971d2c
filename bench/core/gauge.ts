import { type Quantiles, quantilesOf } from '../measure/quantiles.ts'

export interface CoreResult {
  delivered: number
  early: number
  /** From the first event due to the last one published. */
  perSecond: number
  lateness: Quantiles
  cpuSeconds: number
  /** Peak memory of the process above what it had before, MB. */
  peakMb: number
  sorted: Float64Array
}

const SAMPLE_MS = 100

/** Notes each publish as it begins; the memory it takes to note is there before. */
export function startGauge(events: number) {
  const late = new Float64Array(events)
  const before = process.memoryUsage.rss()
  const cpu = process.cpuUsage()
  let peak = before
  let delivered = 0
  let lastAtMs = 0
  const timer = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss())
  }, SAMPLE_MS)
  return {
    publish(dueAtMs: number, nowMs: number): void {
      late[delivered++] = nowMs - dueAtMs
      lastAtMs = nowMs
    },
    finish(firstDueMs: number): CoreResult {
      clearInterval(timer)
      const { user, system } = process.cpuUsage(cpu)
      const sorted = late.subarray(0, delivered).sort()
      return {
        delivered,
        early: sorted.findIndex((ms) => ms >= 0),
        perSecond: (delivered / (lastAtMs - firstDueMs)) * 1_000,
        lateness: quantilesOf(sorted),
        cpuSeconds: (user + system) / 1_000_000,
        peakMb: (peak - before) / 2 ** 20,
        sorted,
      }
    },
  }
}
