import { buildCommand } from '@stricli/core'
import { type BulkFlags, changeMany, meansMany, RUN_FLAGS } from '../bulk.ts'
import type { Cli } from '../cli.ts'
import { BULK_FLAGS, PRINT_FLAGS, STACK_FLAGS, type StackFlags, WHEN, whenOf, YES_FLAG } from '../flags.ts'
import { DATE_FLAG, ID, tellReceipt, theOne } from '../one-event.ts'

interface Flags extends StackFlags, BulkFlags {
  date?: string
}

export const redrive = buildCommand<Flags, [id?: string], Cli>({
  parameters: {
    flags: { ...DATE_FLAG, ...BULK_FLAGS, ...RUN_FLAGS, ...YES_FLAG, ...STACK_FLAGS, ...PRINT_FLAGS },
    positional: ID,
  },
  docs: {
    customUsage: ['id [--date date]', '--from date --to date …'],
    brief: 'Has an event delivered after all that failed or expired, or all that match',
    fullDescription: `${WHEN}

  aws-scheduler redrive --local order-4711
  aws-scheduler redrive --stack prod --from ago:1h --to in:0s --yes`,
  },
  async func(flags, id) {
    const client = await this.client(flags)
    if (id === undefined && meansMany(flags))
      return changeMany(this, flags, {
        run: (filter, options) => client.redriveAll(filter, options),
        question: (events) => `Redrive ${events} events?`,
      })
    const date = flags.date === undefined ? undefined : whenOf(flags.date, this.clock.now())
    tellReceipt(this, flags, await client.redrive({ id: theOne(id), date }))
  },
})
