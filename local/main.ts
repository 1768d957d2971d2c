import { enableCompileCache } from 'node:module'
import { CannotStart } from './cannot-start.ts'
import { giveBackWhenIdle } from './idle-memory.ts'
import { type Options, parseOptions, startedByNpm, USAGE } from './options.ts'
import { beginWithAllocator } from './process/allocator.ts'
import { watchNpm } from './process/launcher.ts'
import { exitCodeOf, stopOnSignals } from './process/stop-signals.ts'
import type { Local } from './start-local.ts'
import { happeningOf } from './terminal/happening.ts'
import { printer } from './terminal/printer.ts'
import type { Reporter } from './terminal/reporter.ts'
import { reporterFor } from './terminal/reporter-for.ts'

/** Less than the ten seconds after which `docker stop` kills. */
const STOP_WITHIN_MS = 8_000

const out = printer(process.stdout)
/** Undefined while it starts. */
let local: Local | undefined

beginWithAllocator(import.meta.url)
hideHarmlessWarnings()
// Half a second less at every start but the first.
enableCompileCache()
try {
  const options = parseOptions(process.argv.slice(2), process.env)
  if (options.help) out.print(USAGE)
  else await run(options)
} catch (error) {
  out.flush()
  out.clear()
  console.error((error as Error).message)
  // What the user can put right, as shells' own commands say it, from what we must.
  process.exit(error instanceof CannotStart ? 2 : 1)
}

async function run(options: Options): Promise<void> {
  const reporter = reporterFor(out, { ...options, terminal: process.stdout.isTTY === true })
  const stop = stopOnSignals((why) => void end(reporter, why))
  if (startedByNpm(process.env)) void watchNpm(() => stop('npm has ended'))
  warnOf(options)
  reporter.starting('loading its parts')
  // Not before: it takes a second.
  const { startLocal } = await import('./start-local.ts')
  const { port, host, data, fresh } = options
  local = await startLocal({
    port,
    host,
    dataDir: data,
    fresh,
    onProgress: reporter.starting,
    onPublish: reporter.published,
    onLog(...record) {
      const happening = happeningOf(...record)
      if (happening) reporter.happened(happening)
    },
  })
  reporter.ready(local, options.data)
  giveBackWhenIdle()
  if (!options.demo) return
  const { startDemo } = await import('./demo/demo.ts')
  await startDemo(local, reporter.demo)
}

/** Ends in order; while it still starts, at once, as it could be killed at any time. */
async function end(reporter: Reporter, why: string): Promise<void> {
  if (!local) process.exit(exitCodeOf(why.startsWith('SIG') ? (why as NodeJS.Signals) : 'SIGTERM'))
  reporter.stopping(why)
  setTimeout(giveUp, STOP_WITHIN_MS)
  await local.stop()
  reporter.stopped()
  out.flush()
  process.exit(0)
}

function giveUp(): void {
  out.flush()
  console.error(
    `it does not stop in order within ${STOP_WITHIN_MS / 1_000} s, and ends all the same: its state is kept`,
  )
  process.exit(1)
}

function warnOf({ host, takenByNpm }: Options): void {
  if (takenByNpm.length > 0) {
    console.error(`npm kept ${takenByNpm.join(' ')} for itself; it counts all the same. Better: npm start -- OPTIONS`)
  }
  if (!['127.0.0.1', 'localhost', '::1'].includes(host)) {
    console.error(`Warning: whoever reaches ${host} can read and change all that is here; no credentials are checked.`)
  }
}

/** The engine of Step Functions sets a timer for a past instant too; Node does the right thing, and says so. */
function hideHarmlessWarnings(): void {
  process.removeAllListeners('warning')
  process.on('warning', (warning) => {
    if (warning.name !== 'TimeoutNegativeWarning') console.error(`${warning.name}: ${warning.message}`)
  })
}
