import { buildCommand, numberParser } from '@stricli/core'
import type { Cli } from '../cli.ts'
import {
  BULK_FLAGS,
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

interface Flags extends StackFlags, PrintFlags, Omit<FilterFlags, 'status'> {}

/** How many are told of where nothing is said. */
const COUNT = 20

export const next = buildCommand<Flags, [count?: number], Cli>({
  parameters: {
    flags: { ...BULK_FLAGS, ...STACK_FLAGS, ...PRINT_FLAGS },
    positional: {
      kind: 'tuple',
      parameters: [{ brief: `How many; default: ${COUNT}`, parse: numberParser, placeholder: 'count', optional: true }],
    },
  },
  docs: {
    customUsage: ['[count] [--time relative] …'],
    brief: 'Tells what is due next',
    fullDescription: `Looks 31 days ahead, unless --to says otherwise. ${WHEN}

  aws-scheduler next --local 5 --time relative`,
  },
  async func(flags, count = COUNT) {
    const client = await this.client(flags)
    const nowMs = this.clock.now()
    const events = await client.next(count, filterOf(flags, nowMs))
    await printAll(this, flags, {
      rows: (async function* () {
        yield* events
      })(),
      columns: eventColumns({ ...flags, nowMs }).filter(({ head }) => head !== 'LATE' && head !== 'WHY'),
      none: 'Nothing is due.',
    })
  },
})
