import { buildCommand, numberParser } from '@stricli/core'
import type { Cli } from '../cli.ts'
import {
  FILTER_FLAGS,
  type FilterFlags,
  filterOf,
  PRINT_FLAGS,
  type PrintFlags,
  STACK_FLAGS,
  type StackFlags,
  WHEN,
} from '../flags.ts'
import { eventColumns } from '../terminal/event-columns.ts'
import { printAll } from '../terminal/print.ts'

interface Flags extends StackFlags, PrintFlags, FilterFlags {
  limit?: number
  cursor?: string
}

export const list = buildCommand<Flags, [], Cli>({
  parameters: {
    flags: {
      ...FILTER_FLAGS,
      limit: { kind: 'parsed', parse: numberParser, optional: true, brief: 'Most events', placeholder: 'number' },
      cursor: {
        kind: 'parsed',
        parse: String,
        optional: true,
        brief: 'Goes on after the event that had this',
        placeholder: 'cursor',
      },
      ...STACK_FLAGS,
      ...PRINT_FLAGS,
    },
  },
  docs: {
    customUsage: ['[--from date] [--to date] [--status status,…] …'],
    brief: 'Lists events by when they are due, with what became of them',
    fullDescription: `Without --from and --to: from an hour ago until in a day. ${WHEN}

  aws-scheduler list --local --status failed,expired --from ago:1d
  aws-scheduler list --stack prod --user billing --output jsonl | jq .id`,
  },
  async func({ limit, cursor, ...flags }) {
    const client = await this.client(flags)
    const nowMs = this.clock.now()
    const rows = client.list({ ...filterOf(flags, nowMs), limit, cursor })
    await printAll(this, flags, {
      rows,
      columns: eventColumns({ ...flags, nowMs }),
      none: 'No event matches. A first one: aws-scheduler schedule --date in:10s --payload hello',
    })
  },
})
