import { buildCommand } from '@stricli/core'
import { connections } from '../../aws/connections.ts'
import { eventsReader } from '../../aws/events-table.ts'
import { connectionOf } from '../../client/find-stack.ts'
import { spanOf } from '../../client/span.ts'
import { describe, ledger as ledgerOf } from '../../status/ledger.ts'
import { type Cli, EXIT } from '../cli.ts'
import { clientOptionsOf, type FilterFlags, filterOf, STACK_FLAGS, type StackFlags, WHEN } from '../flags.ts'

interface Flags extends StackFlags, Pick<FilterFlags, 'from' | 'to'> {
  table?: string
}

const text = (brief: string, placeholder = 'date') =>
  ({ kind: 'parsed', parse: String, optional: true, brief, placeholder }) as const

export const ledger = buildCommand<Flags, [], Cli>({
  parameters: {
    flags: {
      from: text('First minute; default: an hour ago'),
      to: text('Until then; default: now'),
      table: text('The table; default: the one of the stack', 'name'),
      ...STACK_FLAGS,
    },
  },
  docs: {
    customUsage: ['[--from date] [--to date]'],
    brief: 'Holds every event of a time against what is recorded of it, slot by slot',
    fullDescription: `From the facts in the table alone, event by event. ${WHEN}
Exit code 1 if an event is overdue.

  aws-scheduler ledger --local --from ago:2h`,
  },
  async func(flags) {
    const nowMs = this.clock.now()
    const { from = { in: '0s' }, to = nowMs } = filterOf({ ...flags, from: flags.from ?? 'ago:1h' }, nowMs)
    const { fromMs, toMs } = spanOf({ from, to }, nowMs)
    const tableName = flags.table ?? (await (await this.client(flags)).stack()).tableName
    const aws = connections(connectionOf(clientOptionsOf(flags, this.process.env)))
    const reader = eventsReader({ client: await aws.dynamodb(), tableName, clock: this.clock })
    let slots = 0
    let overdue = 0
    for await (const line of ledgerOf(reader, { fromMs, toMs, nowMs })) {
      this.process.stdout.write(`${describe(line)}\n`)
      slots++
      overdue += line.overdue.length
    }
    aws.close()
    const iso = (atMs: number) => new Date(atMs).toISOString()
    this.process.stdout.write(
      `${slots} slots with events from ${iso(fromMs)} to ${iso(toMs)}, ${overdue} events overdue\n`,
    )
    if (overdue > 0) this.process.exitCode = EXIT.wrong
  },
})
