import { buildCommand } from '@stricli/core'
import { type BulkFlags, changeMany, meansMany, RUN_FLAGS } from '../bulk.ts'
import type { Cli } from '../cli.ts'
import { BULK_FLAGS, PRINT_FLAGS, STACK_FLAGS, type StackFlags, WHEN, whenOf, YES_FLAG } from '../flags.ts'
import { DATE_FLAG, ID, tellReceipt, theOne } from '../one-event.ts'

interface Flags extends StackFlags, BulkFlags {
  date?: string
}

export const cancel = buildCommand<Flags, [id?: string], Cli>({
  parameters: {
    flags: { ...DATE_FLAG, ...BULK_FLAGS, ...RUN_FLAGS, ...YES_FLAG, ...STACK_FLAGS, ...PRINT_FLAGS },
    positional: ID,
  },
  docs: {
    customUsage: ['id [--date date]', '--from date --to date [--id-prefix prefix] …'],
    brief: 'Cancels an event, or all that match',
    fullDescription: `By its id alone all that are pending under the id. ${WHEN}

  aws-scheduler cancel --local order-4711
  aws-scheduler cancel --stack prod --from in:0s --to in:1d --id-prefix order-`,
  },
  async func(flags, id) {
    const client = await this.client(flags)
    if (id === undefined && meansMany(flags))
      return changeMany(this, flags, {
        run: (filter, options) => client.cancelAll(filter, options),
        question: (events) => `Cancel ${events} events?`,
      })
    const date = flags.date === undefined ? undefined : whenOf(flags.date, this.clock.now())
    tellReceipt(this, flags, await client.cancel({ id: theOne(id), date }))
  },
})
