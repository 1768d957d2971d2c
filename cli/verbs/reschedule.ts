import { buildCommand } from '@stricli/core'
import type { Shift } from '../../client/shift.ts'
import { SchedulerError } from '../../core/errors.ts'
import { type BulkFlags, changeMany, meansMany, RUN_FLAGS } from '../bulk.ts'
import type { Cli } from '../cli.ts'
import { BULK_FLAGS, PRINT_FLAGS, STACK_FLAGS, type StackFlags, WHEN, whenOf, YES_FLAG } from '../flags.ts'
import { DATE_FLAG, ID, tellReceipt, theOne } from '../one-event.ts'

interface Flags extends StackFlags, BulkFlags {
  date?: string
  newDate?: string
  by?: string
  payload?: string
}

const text = (brief: string, placeholder: string) =>
  ({ kind: 'parsed', parse: String, optional: true, brief, placeholder }) as const

export const reschedule = buildCommand<Flags, [id?: string], Cli>({
  parameters: {
    flags: {
      newDate: text('When it is due instead', 'date'),
      by: text('How much later all that match are due, or with - earlier', 'duration'),
      payload: text('What the target gets instead', 'text'),
      ...DATE_FLAG,
      ...BULK_FLAGS,
      ...RUN_FLAGS,
      ...YES_FLAG,
      ...STACK_FLAGS,
      ...PRINT_FLAGS,
    },
    positional: ID,
  },
  docs: {
    customUsage: ['id --new-date date [--date date]', '--from date --to date --by duration …'],
    brief: 'Moves an event to another date, or all that match',
    fullDescription: `By its id alone the only one that is pending under the id. ${WHEN}

  aws-scheduler reschedule --local order-4711 --new-date in:2h
  aws-scheduler reschedule --stack prod --from in:0s --to in:1d --user billing --by 1h`,
  },
  async func(flags, id) {
    const client = await this.client(flags)
    const nowMs = this.clock.now()
    if (id === undefined && meansMany(flags)) {
      const shift = shiftOf(flags, nowMs)
      return changeMany(this, flags, {
        run: (filter, options) => client.rescheduleAll(filter, shift, options),
        question: (events) => `Reschedule ${events} events?`,
      })
    }
    const named = theOne(id)
    if (flags.newDate === undefined)
      throw new SchedulerError('INPUT_INVALID', '--new-date is missing: say when it is due instead.')
    const date = flags.date === undefined ? undefined : whenOf(flags.date, nowMs)
    const change = { id: named, date, new_date: whenOf(flags.newDate, nowMs), payload: flags.payload }
    tellReceipt(this, flags, await client.reschedule(change))
  },
})

function shiftOf({ newDate, by }: Flags, nowMs: number): Shift {
  if (newDate !== undefined && by === undefined) return { to: whenOf(newDate, nowMs) }
  if (by !== undefined && newDate === undefined) return { by }
  throw new SchedulerError('INPUT_INVALID', 'Say where they go: --by, such as 1h or -30m, or --new-date, and not both.')
}
