import { buildApplication, buildRouteMap, text_en } from '@stricli/core'
import { SchedulerError } from '../core/errors.ts'
import { EXIT } from './cli.ts'
import { cancel } from './verbs/cancel.ts'
import { completion } from './verbs/completion.ts'
import { dev } from './verbs/dev.ts'
import { get } from './verbs/get.ts'
import { ledger } from './verbs/ledger.ts'
import { list } from './verbs/list.ts'
import { next } from './verbs/next.ts'
import { redrive } from './verbs/redrive.ts'
import { reschedule } from './verbs/reschedule.ts'
import { schedule } from './verbs/schedule.ts'
import { stats } from './verbs/stats.ts'
import { tail } from './verbs/tail.ts'

const verbs = buildRouteMap({
  routes: { dev, schedule, cancel, reschedule, get, list, next, tail, redrive, stats, ledger, completion },
  docs: {
    brief: 'Schedules, changes and finds events',
    fullDescription: `Which scheduler: --stack NAME, --outputs FILE or --local; or AWS_ENDPOINT_URL, where it points to this machine.
Exit code: 0 done; 1 done, and something is wrong with an event; 2 the call is wrong, or nothing could be done.`,
  },
})

/** What a person reads of what went wrong: of what they can mend a sentence, of all else where it happened. */
function sentenceOf(error: unknown): string {
  if (error instanceof SchedulerError) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

/** The command line, as stricli runs it. */
export const app = buildApplication(verbs, {
  name: 'aws-scheduler',
  scanner: { caseStyle: 'allow-kebab-for-camel', allowArgumentEscapeSequence: true },
  documentation: { disableAnsiColor: true, onlyRequiredInUsageLine: true },
  localization: {
    text: { ...text_en, exceptionWhileRunningCommand: (error: unknown) => sentenceOf(error) },
  },
  determineExitCode: () => EXIT.failed,
})
