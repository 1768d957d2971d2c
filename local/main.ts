import { startDemo } from './demo.ts'
import { type Options, parseOptions, USAGE } from './options.ts'
import { type Local, startLocal } from './start-local.ts'
import { linesOf } from './terminal/lines.ts'
import { printer } from './terminal/printer.ts'
import { welcome } from './terminal/welcome.ts'

const { print, flush } = printer(process.stdout)

hideHarmlessWarnings()
try {
  const options = parseOptions(process.argv.slice(2))
  if (options.help) print(USAGE)
  else await run(options)
} catch (error) {
  flush()
  const { message, code } = error as NodeJS.ErrnoException
  console.error(`${message}${code?.startsWith('ERR_PARSE_ARGS') ? `\n\n${USAGE}` : ''}`)
  process.exitCode = 1
}

async function run({ port, data, fresh, demo }: Options): Promise<void> {
  const onLog = (...entry: Parameters<typeof linesOf>) => linesOf(...entry).forEach(print)
  const local = await startLocal({ port, dataDir: data, fresh, onLog })
  stopOnSignal(local)
  welcome(local, data).forEach(print)
  print(`ready ${local.endpoint}`)
  if (demo) await startDemo(local, print)
}

/** The first Ctrl-C stops in order, a second one at once. */
function stopOnSignal(local: Local): void {
  let stopping = false
  const stop = async () => {
    if (stopping) process.exit(130)
    stopping = true
    await local.stop()
    print('stopped')
    flush()
    process.exit(0)
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}

/** The engine of Step Functions sets a timer for a past instant too; Node does the right thing, and says so. */
function hideHarmlessWarnings(): void {
  process.removeAllListeners('warning')
  process.on('warning', (warning) => {
    if (warning.name !== 'TimeoutNegativeWarning') console.error(`${warning.name}: ${warning.message}`)
  })
}
