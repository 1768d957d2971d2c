import type { BulkOptions, BulkReport } from '../client/bulk.ts'
import type { BulkFilter } from '../client/event-list.ts'
import { SchedulerError } from '../core/errors.ts'
import { type Cli, EXIT } from './cli.ts'
import { type FilterFlags, filterOf, type PrintFlags, whenOf } from './flags.ts'
import { isWanted } from './terminal/ask.ts'
import { toJson } from './terminal/print.ts'
import { startProgress } from './terminal/progress.ts'

export interface BulkFlags extends Omit<FilterFlags, 'status'>, PrintFlags {
  yes?: boolean
  dryRun?: boolean
  resume?: string
}

/** The flags of a verb that changes many events, besides those that say which. */
export const RUN_FLAGS = {
  dryRun: { kind: 'boolean', optional: true, withNegated: false, brief: 'Counts what matches, and changes nothing' },
  resume: {
    kind: 'parsed',
    parse: String,
    optional: true,
    brief: 'Goes on where a run was that told this',
    placeholder: 'text',
  },
} as const

/** Whether the flags mean many events. */
export function meansMany({ from, to, user, target, idPrefix }: FilterFlags): boolean {
  return [from, to, user, target, idPrefix].some((flag) => flag !== undefined)
}

/** One of the client's methods that change many events. */
type Run = (filter: BulkFilter, options: BulkOptions) => Promise<BulkReport>

/** Changes all events that the flags mean: counts them first and asks, tells how far it has come, and what was refused. */
export async function changeMany(
  cli: Cli,
  flags: BulkFlags,
  { run, question }: { run: Run; question: (events: number) => string },
): Promise<void> {
  const { from, to } = flags
  if (from === undefined || to === undefined)
    throw new SchedulerError(
      'FILTER_INVALID',
      `--${from === undefined ? 'from' : 'to'} is missing: say of which events, by when they are due.`,
    )
  const filter = {
    ...filterOf(flags, cli.clock.now()),
    from: whenOf(from, cli.clock.now()),
    to: whenOf(to, cli.clock.now()),
  }
  const { resume, signal } = { resume: flags.resume, signal: cli.signal }
  const { matched } = await run(filter, { dryRun: true, resume })
  if (flags.dryRun || matched === 0) return tell(cli, flags, { matched, sent: 0, refused: 0, resume, refusals: [] })
  if (!(await isWanted(cli, question(matched), flags.yes))) {
    cli.process.stderr.write('Nothing was changed.\n')
    return
  }
  const progress = startProgress(cli)
  const report = await run(filter, {
    resume,
    signal,
    onProgress: ({ sent, refused, matched: all }) => progress.tell(`${sent} of ${all} sent, ${refused} refused`),
  })
  progress.end()
  tell(cli, flags, report)
}

function tell({ process }: Cli, { output }: BulkFlags, { refusals, ...report }: BulkReport): void {
  const refused = refusals.map(({ event: { id, dueAtMs }, error }) => ({
    id,
    dueAtMs,
    code: error.code,
    error: error.message,
  }))
  if (output !== 'text') process.stdout.write(`${toJson({ ...report, refusals: refused })}\n`)
  else {
    for (const { id, code, error } of refused) process.stderr.write(`${id}: ${code} ${error}\n`)
    process.stdout.write(`${report.matched} matched, ${report.sent} sent, ${report.refused} refused\n`)
    if (report.sent + report.refused < report.matched && report.sent > 0 && report.resume)
      process.stderr.write(`Cut off; go on with --resume '${report.resume}'\n`)
  }
  if (report.refused > 0) process.exitCode = EXIT.wrong
}
