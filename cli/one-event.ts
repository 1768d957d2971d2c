import type { Receipt } from '../client/messages.ts'
import { SchedulerError } from '../core/errors.ts'
import type { Cli } from './cli.ts'
import type { PrintFlags } from './flags.ts'
import { printOne } from './terminal/print.ts'
import { showTime } from './terminal/times.ts'

/** The id of the event that a verb is about. */
export const ID = {
  kind: 'tuple',
  parameters: [{ brief: 'The id of the event', parse: String, placeholder: 'id', optional: true }],
} as const

export const DATE_FLAG = {
  date: {
    kind: 'parsed',
    parse: String,
    optional: true,
    brief: 'The date that it was scheduled for, if the id alone does not name it',
    placeholder: 'date',
  },
} as const

/** @throws SchedulerError `INPUT_INVALID` if nothing names an event */
export function theOne(id: string | undefined): string {
  if (id !== undefined) return id
  throw new SchedulerError(
    'INPUT_INVALID',
    'Nothing says which event: give its id, or --from and --to for all that match.',
  )
}

/** Tells that the input topic has taken a request. */
export function tellReceipt(cli: Cli, flags: PrintFlags, receipt: Receipt): void {
  printOne(cli, flags, {
    value: receipt,
    lines: [
      ['id', receipt.id],
      ['due', showTime(receipt.dueAtMs, { ...flags, nowMs: cli.clock.now() })],
      ['message', receipt.messageId],
    ],
  })
}
