import type { Lateness } from '../../core/lateness.ts'
import type { Result, Run } from './simulate.ts'

/** The command that repeats a run. */
export function commandOf({ seed, hours, rate, faults }: Run): string {
  return `npm run simulate -- --seed ${seed} --hours ${hours} --rate ${rate} --faults ${[...faults].join(',') || 'none'}`
}

/** A run in a few lines. */
export function reportOf(run: Run, { account, violation, deadLetters }: Result, seconds: number): string {
  const { accepted, delivered, failed, cancelled, expired, pending, doubled, ahead, lateness, hash } = account
  const lines = [
    `seed ${run.seed}: ${accepted} accepted = ${delivered} delivered + ${cancelled} cancelled + ${expired} expired + ${failed} failed + ${pending} pending`,
    `  ${doubled} doubled, ${deadLetters} dead letters sent back; history ${hash}, ${seconds.toFixed(0)} s`,
    `  lateness in ms of the ${ahead} scheduled at least 10 s ahead: ${[0.5, 0.9, 0.99, 0.999, 1].map((p) => `p${p * 100} ${percentile(lateness, p)}`).join('  ')}`,
  ]
  if (violation) lines.push(`  VIOLATION ${violation.message}`, `  repeat it: ${commandOf(run)}`)
  return lines.join('\n')
}

function percentile(lateness: Lateness, p: number): number {
  const buckets = Object.entries(lateness)
    .map(([ms, count]) => [Number(ms), count] as const)
    .sort(([a], [b]) => a - b)
  const total = buckets.reduce((sum, [, count]) => sum + count, 0)
  let seen = 0
  for (const [ms, count] of buckets) {
    seen += count
    if (seen >= total * p) return ms
  }
  return 0
}
