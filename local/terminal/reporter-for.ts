import { jsonReporter } from './json-reporter.ts'
import type { Printer } from './printer.ts'
import type { Reporter } from './reporter.ts'
import { textReporter } from './text-reporter.ts'

interface Style {
  json: boolean
  quiet: boolean
  /** Whether a person looks on: lines may overwrite each other. */
  terminal: boolean
}

export function reporterFor(printer: Printer, { json, quiet, terminal }: Style): Reporter {
  const reporter = json ? jsonReporter(printer) : textReporter(printer, terminal)
  return quiet ? quietly(reporter, printer, json) : reporter
}

/** Nothing but that the stack is ready, and errors. */
function quietly(loud: Reporter, { print }: Printer, json: boolean): Reporter {
  const nothing = () => {}
  return {
    starting: nothing,
    ready: (local, dataDir) => (json ? loud.ready(local, dataDir) : print(`ready ${local.endpoint}`)),
    happened: (happening) => {
      if (happening.what === 'error') loud.happened(happening)
    },
    published: nothing,
    demo: nothing,
    stopping: nothing,
    stopped: nothing,
  }
}
