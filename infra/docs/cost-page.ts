import { LINES, monthlyCost, monthlyTotal } from '../cost/cost.ts'
import { dollarsFor, PRICES } from '../cost/prices.ts'
import { SET_UPS, type SetUp } from '../cost/set-ups.ts'
import type { Workload } from '../cost/workload.ts'

const MILLION = 1_000_000
/** Events a month. */
export const VOLUMES = [MILLION, 100 * MILLION, 500 * MILLION]
/** Bytes. */
export const PAYLOADS = [200, 1_000, 10_000]

const [AS_DEPLOYED] = SET_UPS as [SetUp]

/** US dollars a million events. */
export function perMillion(workload: Workload, dollars = monthlyTotal(workload)): number {
  return (dollars * MILLION) / workload.eventsPerMonth
}

/** `docs/cost.md`. */
export function costPage(): string {
  const idle = AS_DEPLOYED.workload({ eventsPerMonth: 0, payloadBytes: 0 })
  return `# Cost

<!-- Written by \`npm run docs\` from infra/cost: change that, not this. -->

List prices of us-east-1, no free tier; from documentation, not from a bill. One function, [cost.ts](../infra/cost/cost.ts), says all numbers here from how many events there are and how they come. Its counts of requests and units are held by [a test](../test/infra/cost/usage.test.ts) against what the functions do, run whole in memory. How long functions compute is an estimate, as nothing ran on AWS; the minutes for which emitters are held are counted.

An idle stack costs $${money(monthlyTotal(idle))} a month.

## Per million events

${SET_UPS.map(({ name, meaning }) => `- **${name}**: ${meaning}.`).join('\n')}

${table(
  ['events a month', 'payload', ...SET_UPS.map(({ name }) => name)],
  VOLUMES.flatMap((eventsPerMonth) =>
    PAYLOADS.map((payloadBytes) => [
      `${eventsPerMonth / MILLION}M`,
      `${payloadBytes / 1_000} KB`,
      ...SET_UPS.map(({ workload }) => money(perMillion(workload({ eventsPerMonth, payloadBytes })))),
    ]),
  ),
)}

Gathering has a price in lateness: what is due within the window arrives late by up to it, and by up to 20 seconds where there is little traffic ([\`inputWindowSeconds\`](configuration.md#inputwindowseconds)). What is due later is not touched. How full batches become is computed from the rate and five invocations side by side; that Lambda then receives ten messages by one request is assumed.

## Line by line

US dollars a million events with payloads of ${PAYLOADS[0]} bytes; idle, a month.

${byLine(idle)}

## What else to know

${more().join('\n')}

EventBridge Scheduler is cheaper: $1.00 per million, the first 14 million a month free. This project costs more, and is for those who need the second to be right.

## Prices

${table(
  ['$', 'for', 'source'],
  Object.values(PRICES).map(({ dollars, per, of, source }) => [String(dollars), `${amount(per)}${of}`, source]),
)}

Whether SQS bills what SNS sends to a queue is nowhere said plainly: it is counted here, $0.40 a million. EventBridge bills nothing for the changes of state that AWS itself tells.
`
}

function byLine(idle: Workload): string {
  const gathered = SET_UPS.slice(0, 3)
  const shown = VOLUMES.slice(1).flatMap((eventsPerMonth) =>
    gathered.map(({ name, workload }) => {
      const given = workload({ eventsPerMonth, payloadBytes: PAYLOADS[0] as number })
      return { title: `${eventsPerMonth / MILLION}M ${name}`, given, cost: monthlyCost(given) }
    }),
  )
  const first = VOLUMES[0] as number
  const small = AS_DEPLOYED.workload({ eventsPerMonth: first, payloadBytes: PAYLOADS[0] as number })
  const columns = [
    { title: 'idle', of: (line: (typeof LINES)[number]) => monthlyCost(idle)[line] },
    { title: '1M as deployed', of: (line: (typeof LINES)[number]) => monthlyCost(small)[line] },
    ...shown.map(({ title, given, cost }) => ({
      title,
      of: (line: (typeof LINES)[number]) => perMillion(given, cost[line]),
    })),
  ]
  const sum = (of: (line: (typeof LINES)[number]) => number) => LINES.reduce((all, line) => all + of(line), 0)
  return table(
    ['', ...columns.map(({ title }) => title)],
    [
      ...LINES.map((line) => [line, ...columns.map(({ of }) => money(of(line)))]),
      ['**all**', ...columns.map(({ of }) => `**${money(sum(of))}**`)],
    ],
  )
}

/** What one property of the workload adds, per million events of 100 a second or so. */
function more(): string[] {
  const base = AS_DEPLOYED.workload({ eventsPerMonth: 100 * MILLION, payloadBytes: 200 })
  const adds = (change: Partial<Workload>) => money(perMillion({ ...base, ...change }) - perMillion(base))
  const settings = (change: Partial<Workload['settings']>) => ({ settings: { ...base.settings, ...change } })
  const shard = monthlyTotal({ ...base, ...settings({ shards: 2 }) }) - monthlyTotal(base)
  return [
    `- Each shard more, with events in every minute, adds $${Math.round(shard)} a month: transitions, an emitter for each minute, and its looks for what is new.`,
    `- An \`id\` that the client chose adds $${adds({ ownIds: 1 })} a million: what is known of it is looked up, and its place written down.`,
    `- A request that changes what is there, a cancel for example, takes the lease of its id and gives it back: two writes, $${money(dollarsFor(2 * MILLION, 'writeUnit'))} a million.`,
    `- An event due at once adds $${adds({ express: 1 })} a million in batches of ${base.inputBatch}, and $${adds({ express: 1, inputBatch: 1 })} alone: claim, Express execution, an emitter for a second or two.`,
    `- A payload of more than 4 KB stands in an item of its own. An item costs a write unit for each KB begun, a read unit for each 4 KB.`,
    `- \`retentionDays\` costs storage: 365 days instead of 7 add $${adds(settings({ retentionDays: 365 }))} a million. An outage's 14 days are always on top.`,
    `- \`tracing\` adds $${adds(settings({ tracing: true }))} a million.`,
    `- Lambda's own lines about each invocation, at \`logLevel\` DEBUG, are about a kilobyte: $${money(dollarsFor((MILLION * 1_000) / base.inputBatch / 1e9, 'logGb'))} a million in batches of ${base.inputBatch}, besides a line for each event.`,
    '- A minute that is used has a record, one write, which is kept for ever: a year’s minutes are 40 MB, a cent a month.',
  ]
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`
  const rule = head.map((_, i) => (i === 0 ? '---' : '---:'))
  return [line(head), `|${rule.join('|')}|`, ...rows.map(line)].join('\n')
}

export function money(dollars: number): string {
  return dollars.toFixed(2)
}

function amount(per: number): string {
  return per === 1 ? '' : `${per.toLocaleString('en-US')} `
}
