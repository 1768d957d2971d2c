import { buildCommand } from '@stricli/core'
import { type Cli, EXIT } from '../cli.ts'
import { PRINT_FLAGS, type PrintFlags, STACK_FLAGS, type StackFlags, WHEN, whenOf } from '../flags.ts'
import { DATE_FLAG, ID, theOne } from '../one-event.ts'
import { eventLines } from '../terminal/event-columns.ts'
import { printOne } from '../terminal/print.ts'

interface Flags extends StackFlags, PrintFlags {
  date?: string
  payload?: boolean
}

export const get = buildCommand<Flags, [id?: string], Cli>({
  parameters: {
    flags: {
      payload: { kind: 'boolean', optional: true, withNegated: false, brief: 'Shows the payload, too' },
      ...DATE_FLAG,
      ...STACK_FLAGS,
      ...PRINT_FLAGS,
    },
    positional: ID,
  },
  docs: {
    customUsage: ['id [--date date] [--payload]'],
    brief: 'Tells what became of an event',
    fullDescription: `By its id alone of the one that is due next, or else of the last. ${WHEN}
Exit code 1 if nobody has scheduled it.

  aws-scheduler get --local order-4711 --payload`,
  },
  async func({ date, payload = false, ...flags }, id) {
    const client = await this.client(flags)
    const nowMs = this.clock.now()
    const name = { id: theOne(id), date: date === undefined ? undefined : whenOf(date, nowMs) }
    const facts = await client.get(name, { payload })
    printOne(this, flags, { value: facts, lines: eventLines(facts, { ...flags, nowMs }) })
    if (facts.status === 'unknown') this.process.exitCode = EXIT.wrong
  },
})
