import { buildCommand } from '@stricli/core'
import type { Client } from '../../client/client.ts'
import type { EventToSchedule } from '../../client/messages.ts'
import { SchedulerError } from '../../core/errors.ts'
import { type Cli, EXIT } from '../cli.ts'
import { readEvents } from '../events-file.ts'
import { PRINT_FLAGS, type PrintFlags, STACK_FLAGS, type StackFlags, WHEN, whenOf } from '../flags.ts'
import { printOne } from '../terminal/print.ts'
import { startProgress } from '../terminal/progress.ts'
import { showTime } from '../terminal/times.ts'

interface Flags extends StackFlags, PrintFlags {
  date?: string
  target?: string
  payload?: string
  user?: string
  id?: string
  latest?: string
  failureTopic?: string
  replace?: boolean
  file?: string
}

const text = (brief: string, placeholder: string) =>
  ({ kind: 'parsed', parse: String, optional: true, brief, placeholder }) as const

export const schedule = buildCommand<Flags, [], Cli>({
  parameters: {
    flags: {
      date: text('When it is due', 'date'),
      payload: text('What the target gets', 'text'),
      target: text("ARN of the topic that gets it; default: the stack's output topic", 'arn'),
      user: text('Whom to contact about it; default: your login name', 'name'),
      id: text('An id of your own; default: a new one', 'id'),
      latest: text('If it cannot be delivered by then, it expires', 'date'),
      failureTopic: text('ARN of the topic that is told when something is wrong', 'arn'),
      replace: {
        kind: 'boolean',
        optional: true,
        withNegated: false,
        brief: 'Cancels what else is pending under the id',
      },
      file: text('Events, one JSON object a line, in the words of the message; - for standard input', 'file'),
      ...STACK_FLAGS,
      ...PRINT_FLAGS,
    },
  },
  docs: {
    customUsage: ['--date date --payload text [--target arn] [--id id] …', '--file events.jsonl'],
    brief: 'Schedules an event, or any number of them from a file',
    fullDescription: `${WHEN}

  aws-scheduler schedule --local --date in:10s --payload hello
  aws-scheduler schedule --stack prod --file events.jsonl`,
  },
  async func(flags) {
    const client = await this.client(flags)
    if (flags.file !== undefined) return scheduleFile(this, client, { ...flags, file: flags.file })
    const nowMs = this.clock.now()
    const receipt = await client.schedule(await eventOf(this, client, flags))
    printOne(this, flags, {
      value: receipt,
      lines: [
        ['id', receipt.id],
        ['due', showTime(receipt.dueAtMs, { ...flags, nowMs })],
        ['message', receipt.messageId],
      ],
    })
  },
})

async function eventOf({ clock, process }: Cli, client: Client, flags: Flags): Promise<EventToSchedule> {
  const { date, payload, id, latest, failureTopic: failure_topic, replace } = flags
  const missing = [date === undefined && '--date', payload === undefined && '--payload'].filter(Boolean).join(' and ')
  if (date === undefined || payload === undefined)
    throw new SchedulerError(
      'INPUT_INVALID',
      `${missing} not given: say when and what is to be delivered, or give --file for many events.`,
    )
  const when = (one: string | undefined) => (one === undefined ? undefined : whenOf(one, clock.now()))
  return {
    date: when(date) ?? date,
    payload,
    target: flags.target ?? (await client.stack()).outputTopicArn,
    user: flags.user ?? process.env.USER ?? process.env.USERNAME ?? 'aws-scheduler',
    id,
    latest: when(latest),
    failure_topic,
    replace,
  }
}

/** Schedules what a file says, and tells line by line what was refused. */
async function scheduleFile(cli: Cli, client: Client, { file, output }: Flags & { file: string }): Promise<void> {
  const { stdout, stderr } = cli.process
  const progress = startProgress(cli)
  const counts = { scheduled: 0, refused: 0 }
  const refuse = (line: number, code: string, error: string) => {
    counts.refused++
    progress.end()
    stderr.write(output === 'text' ? `line ${line}: ${code} ${error}\n` : `${JSON.stringify({ line, code, error })}\n`)
  }
  const lines: number[] = []
  const events = readEvents(cli, file, { onEvent: (line) => lines.push(line), onRefused: refuse })
  await client.scheduleBatch(events, {
    signal: cli.signal,
    onResult(result) {
      if (result.ok) counts.scheduled++
      else refuse(lines[result.index] as number, result.error.code, result.error.message)
      progress.tell(`${counts.scheduled} scheduled, ${counts.refused} refused`)
    },
  })
  progress.end()
  stdout.write(
    output === 'text' ? `${counts.scheduled} scheduled, ${counts.refused} refused\n` : `${JSON.stringify(counts)}\n`,
  )
  if (counts.refused > 0) cli.process.exitCode = EXIT.wrong
}
