import { parseArgs } from 'node:util'
import { documentClient, eventsReader } from '../aws/events-table.ts'
import { systemClock } from '../aws/system-clock.ts'
import { SchedulerError } from '../core/errors.ts'
import { parseInstant } from '../core/instant.ts'
import { describe, ledger } from '../status/ledger.ts'

const USAGE = `aws-scheduler ledger [--from ISO] [--to ISO] [--stack NAME] [--table NAME]

Tells, slot by slot, what has become of the events of a stack, from the facts in its table.
  --from   first minute; default: an hour ago
  --to     last minute; default: now
  --stack  the Pulumi stack; default: local, the stack of npm start on its default port
  --table  the table; default: scheduler-events-<stack>
  --help   show this
Another endpoint, region or account: AWS_ENDPOINT_URL, AWS_REGION, AWS_PROFILE, as for the AWS CLI.
Exit code: 0 when everything is accounted for, 1 when an event is overdue, 2 when the call is wrong or the table cannot be read.`

function readArgs(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      from: { type: 'string' },
      to: { type: 'string' },
      stack: { type: 'string', default: 'local' },
      table: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const instant = (name: string, text: string | undefined, otherwise: number) => {
    const atMs = text === undefined ? otherwise : parseInstant(text)
    if (atMs === undefined) throw new Error(`--${name} ${text} is not an ISO 8601 date, such as 2026-11-23T12:34Z`)
    return atMs
  }
  const nowMs = systemClock.now()
  const { stack, table = `scheduler-events-${stack}` } = values
  return {
    help: values.help,
    stack,
    table,
    nowMs,
    fromMs: instant('from', values.from, nowMs - 3_600_000),
    toMs: instant('to', values.to, nowMs),
  }
}

function useLocalStack(): void {
  process.env.AWS_ENDPOINT_URL ??= 'http://127.0.0.1:4566'
  process.env.AWS_REGION ??= 'us-east-1'
  process.env.AWS_ACCESS_KEY_ID ??= 'local'
  process.env.AWS_SECRET_ACCESS_KEY ??= 'local'
}

/** Prints the ledger. */
export async function run(args: string[]): Promise<void> {
  try {
    process.exitCode = await print(args)
  } catch (error) {
    const sentence = error instanceof Error ? error.message : String(error)
    // Help with the call is no help where the call was right.
    console.error(error instanceof SchedulerError ? sentence : `${sentence}\n\n${USAGE}`)
    process.exitCode = 2
  }
}

/** @returns the exit code */
async function print(args: string[]): Promise<number> {
  const { help, stack, table, fromMs, toMs, nowMs } = readArgs(args)
  if (help) {
    console.log(USAGE)
    return 0
  }
  if (stack === 'local') useLocalStack()
  const reader = eventsReader({ client: documentClient(), tableName: table, clock: systemClock })
  let slots = 0
  let overdue = 0
  for await (const line of ledger(reader, { fromMs, toMs, nowMs })) {
    console.log(describe(line))
    slots++
    overdue += line.overdue.length
  }
  console.log(
    `${slots} slots with events from ${new Date(fromMs).toISOString()} to ${new Date(toMs).toISOString()}, ${overdue} events overdue`,
  )
  return overdue > 0 ? 1 : 0
}
