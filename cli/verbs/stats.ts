import { buildCommand } from '@stricli/core'
import type { SlotStats } from '../../status/facts.ts'
import { type Cli, EXIT } from '../cli.ts'
import {
  type FilterFlags,
  filterOf,
  PRINT_FLAGS,
  type PrintFlags,
  STACK_FLAGS,
  type StackFlags,
  WHEN,
} from '../flags.ts'
import { printAll } from '../terminal/print.ts'
import type { Column } from '../terminal/table.ts'
import { showTime } from '../terminal/times.ts'

interface Flags extends StackFlags, PrintFlags, Pick<FilterFlags, 'from' | 'to'> {}

const text = (brief: string) => ({ kind: 'parsed', parse: String, optional: true, brief, placeholder: 'date' }) as const

export const stats = buildCommand<Flags, [], Cli>({
  parameters: {
    flags: {
      from: text('First minute; default: an hour ago'),
      to: text('Until then; default: two hours after the first'),
      ...STACK_FLAGS,
      ...PRINT_FLAGS,
    },
  },
  docs: {
    customUsage: ['[--from date] [--to date]'],
    brief: 'Tells minute by minute how much waits, what became of it, and how late it was',
    fullDescription: `${WHEN} Exit code 1 if an event is overdue.

  aws-scheduler stats --local --from ago:10m`,
  },
  async func(flags) {
    const client = await this.client(flags)
    const nowMs = this.clock.now()
    const { from, to } = filterOf(flags, nowMs)
    let overdue = 0
    const slots = client.stats({ ...(from !== undefined && { from }), ...(to !== undefined && { to }) })
    const rows = (async function* () {
      for await (const slot of slots) {
        overdue += slot.overdue.length
        yield slot
      }
    })()
    await printAll(this, flags, {
      rows,
      columns: columnsOf({ ...flags, nowMs }),
      none: 'No event is due in that time.',
    })
    if (overdue > 0) this.process.exitCode = EXIT.wrong
  },
})

function columnsOf(shown: Pick<PrintFlags, 'time'> & { nowMs: number }): Column<SlotStats>[] {
  return [
    { head: 'MINUTE', cell: ({ minuteMs }) => showTime(minuteMs, shown) },
    { head: 'SLOT', cell: ({ slot }) => slot },
    { head: 'EVENTS', cell: ({ events }) => events },
    {
      head: 'STATE',
      cell: ({ settled, settlement }) => (settled ? 'settled' : settlement ? 'not settled' : 'to come'),
    },
    { head: 'DELIVERED', cell: ({ settlement }) => settlement?.delivered },
    { head: 'FAILED', cell: ({ settlement }) => settlement?.failed },
    { head: 'EXPIRED', cell: ({ settlement }) => settlement?.expired },
    { head: 'CANCELLED', cell: ({ settlement }) => settlement?.cancelled },
    { head: 'RETRYING', cell: ({ settlement }) => settlement?.retrying },
    { head: 'OVERDUE', cell: ({ overdue }) => overdue.length || '' },
    { head: 'LATE P50', cell: ({ settlement }) => lateness(settlement?.latenessMs?.p50) },
    { head: 'P99', cell: ({ settlement }) => lateness(settlement?.latenessMs?.p99) },
    { head: 'MAX', cell: ({ settlement }) => lateness(settlement?.latenessMs?.max) },
  ]
}

const lateness = (ms: number | undefined) => (ms === undefined ? '' : `${ms} ms`)
