import { buildCommand } from '@stricli/core'
import type { Tailed } from '../../client/tailed.ts'
import { printable, quoted } from '../../local/terminal/printable.ts'
import type { Cli } from '../cli.ts'
import { PRINT_FLAGS, type PrintFlags, STACK_FLAGS, type StackFlags } from '../flags.ts'
import { toJson } from '../terminal/print.ts'
import { showTime } from '../terminal/times.ts'

interface Flags extends StackFlags, PrintFlags {
  topic?: string[]
}

export const tail = buildCommand<Flags, [], Cli>({
  parameters: {
    flags: {
      topic: {
        kind: 'parsed',
        parse: String,
        optional: true,
        variadic: ',',
        brief: "ARNs of topics; default: the stack's output and failure topics",
        placeholder: 'arn',
      },
      ...STACK_FLAGS,
      ...PRINT_FLAGS,
    },
  },
  docs: {
    customUsage: ['[--topic arn,…]'],
    brief: 'Shows what is delivered and what is given notice of, as it happens',
    fullDescription: `Over a queue of its own, which it removes when it ends, by Ctrl-C. Needs the package @aws-sdk/client-sqs.

  aws-scheduler tail --local`,
  },
  async func({ topic, ...flags }) {
    const client = await this.client(flags)
    const { stdout, stderr } = this.process
    const onReady = () => stderr.write('Listening. Ctrl-C ends it.\n')
    for await (const one of client.tail({ topicArns: topic, signal: this.signal, onReady }))
      stdout.write(`${flags.output === 'text' ? lineOf(one, { ...flags, nowMs: this.clock.now() }) : toJson(one)}\n`)
  },
})

function lineOf(one: Tailed, shown: Pick<PrintFlags, 'time'> & { nowMs: number }): string {
  const at = showTime(one.takenAtMs, shown)
  if (one.kind === 'notice') return printable(`${at}  ${one.id ?? '-'}  ${one.code}  ${one.error}`)
  const again = one.attempt > 1 ? `  attempt ${one.attempt}` : ''
  return `${at}  ${printable(one.id)}  ${one.latenessMs} ms late${again}  ${quoted(one.payload)}`
}
