import { printableJson } from './printable.ts'
import type { Printer } from './printer.ts'
import type { Reporter } from './reporter.ts'

/** One line of JSON for each thing that happens, with `at` and `what`. The fields are listed in docs/local.md. */
export function jsonReporter({ print, flush }: Printer, now = () => new Date()): Reporter {
  const tell = (what: string, details: object = {}) =>
    print(printableJson({ at: now().toISOString(), what, ...details }))
  return {
    starting(step) {
      tell('starting', { step })
      flush()
    },
    ready: ({ endpoint, outputs, resumed }, dataDir) => tell('ready', { endpoint, dataDir, resumed, outputs }),
    happened: ({ what, ...details }) => tell(what, details),
    published: ({ topicArn, body, attributes }) => tell('published', { topic: topicArn, attributes, body }),
    demo: (text) => tell('demo', { text }),
    stopping: (why) => tell('stopping', { why }),
    stopped: () => tell('stopped'),
  }
}
