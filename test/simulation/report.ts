import type { Lateness } from '../../core/lateness.ts'
import { FICKLE } from './clients.ts'
import { ON_TIME_MS } from './deadline.ts'
import type { Excused } from './excuses.ts'
import { FAULTS, type FaultName } from './faults.ts'
import type { Account } from './judge.ts'
import type { Result, Run } from './simulate.ts'
import { addResults } from './sum.ts'

/** The command that repeats a run. */
export function commandOf({ seed, hours, rate, faults, fickle = 0, index = 'own' }: Run): string {
  const share = fickle === FICKLE ? '' : ` --fickle ${fickle}`
  const indexed = index === 'own' ? '' : ` --index ${index}`
  return `npm run simulate -- --seed ${seed} --hours ${hours} --rate ${rate} --faults ${[...faults].join(',') || 'none'}${share}${indexed}`
}

/** A run in words: each promise that it kept, or the first that it broke, and what each fault excused. */
export function reportOf(run: Run, result: Result, tookMs: number): string {
  const { account, violation } = result
  const name = `seed ${run.seed}`
  const head = violation
    ? [`${name}: A PROMISE WAS BROKEN`, `  VIOLATION ${violation.message}`, `  repeat it: ${commandOf(run)}`]
    : [`${name}: every promise was kept`, ...promisesOf(result)]
  const foot = `  ${result.deadLetters} dead letters sent back; history ${account.hash}, ${seconds(tookMs)}`
  return [...head, latenessOf(account), ...tableOf(account.excused), foot].join('\n')
}

/** The promises that some runs kept together. */
export function totalOf(results: readonly Result[]): string {
  const total = results.reduce(addResults)
  const broken = results.filter(({ violation }) => violation).length
  const kept = results.length - broken
  const head = `total: every promise was kept in ${kept} of ${results.length} runs`
  return [
    head,
    ...(broken === 0 ? promisesOf(total) : []),
    latenessOf(total.account),
    ...tableOf(total.account.excused),
  ].join('\n')
}

function promisesOf({ account, settledSlots, cutSlots }: Result): string[] {
  const { accepted, delivered, cancelled, expired, failed, refused, pending, doubled, changed } = account
  const late = [...account.excused.values()].reduce((sum, one) => sum + one.late, 0)
  const but = (count: number) => (count === 0 ? '' : ` but ${count} (${percent(count / delivered)}), each excused`)
  return [
    '  nothing early',
    `  nothing lost: ${accepted} accepted = ${delivered} delivered + ${cancelled} cancelled + ${expired} expired + ${failed} failed + ${pending} pending`,
    `  nothing delivered that was stopped, nothing stopped otherwise, nothing in silence: ${changed} changes of mind, ${refused} events refused`,
    `  nothing doubled${but(doubled)}`,
    `  nothing later than ${ON_TIME_MS} ms${but(late)}`,
    `  every slot settled, and its account even: ${settledSlots} slots, of them ${cutSlots} in several segments`,
  ]
}

function latenessOf({ ahead, lateness }: Account): string {
  const percentiles = [0.5, 0.9, 0.99, 0.999, 1].map((p) => `p${p * 100} ${percentile(lateness, p)}`)
  return `  lateness in ms of the ${ahead} scheduled at least 10 s ahead: ${percentiles.join('  ')}`
}

/** Fault by fault: how often it struck, what it excused, and what it may excuse. */
function tableOf(excused: ReadonlyMap<FaultName, Excused>): string[] {
  const rows = [...excused].map(([fault, { strikes, doubled, late, worstMs }]) => [
    fault,
    String(strikes),
    String(doubled),
    String(late),
    late > 0 ? seconds(worstMs) : '',
    boundOf(fault),
  ])
  const titles = ['fault', 'strikes', 'doubled', 'late', 'latest', 'it may excuse']
  const widths = titles.map((title, i) => Math.max(title.length, ...rows.map((row) => (row[i] as string).length)))
  const aligned = (row: string[]) =>
    row.map((cell, i) =>
      i === 0 || i === row.length - 1 ? cell.padEnd(widths[i] as number) : cell.padStart(widths[i] as number),
    )
  return rows.length === 0 ? [] : [titles, ...rows].map((row) => `  ${aligned(row).join('  ').trimEnd()}`)
}

/** What one strike may excuse: counted from when it is over. */
function boundOf(fault: FaultName): string {
  const { takenInMs, deliveredMs, doubles } = FAULTS[fault]
  const bounds = [
    takenInMs === undefined ? [] : `taken in ${seconds(takenInMs)} after it`,
    deliveredMs === undefined ? [] : `delivered ${seconds(deliveredMs)} after it`,
    doubles === 0 ? [] : `${doubles} doubled`,
  ].flat()
  return bounds.join(', ') || 'nothing'
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`
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
