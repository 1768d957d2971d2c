import { lineOf } from './lines.ts'
import { quoted } from './printable.ts'
import type { Printer } from './printer.ts'
import type { Reporter } from './reporter.ts'
import { welcome } from './welcome.ts'

/** Payloads remembered from their publication until their delivery is reported, moments later: more than are ever under way. */
const MAX_PAYLOADS = 10_000

/**
 * Lines for people.
 * @param terminal whether the steps of the start may overwrite each other
 */
export function textReporter({ print, flush, overwrite }: Printer, terminal: boolean): Reporter {
  const payloads = new Map<string, string>()
  return {
    starting(step) {
      if (terminal) return overwrite(`starting: ${step} …`)
      print(`starting: ${step}`)
      // The next step may keep this thread busy.
      flush()
    },
    ready(local, dataDir) {
      welcome(local, dataDir).forEach(print)
      print(`ready ${local.endpoint}`)
    },
    happened({ ...happening }) {
      const id = String(happening.id)
      if (happening.what === 'delivered') happening.payload = payloads.get(id)
      payloads.delete(id)
      print(lineOf(happening))
    },
    published({ body, attributes }) {
      if (attributes.event_id === undefined) return
      payloads.set(attributes.event_id, quoted(body))
      const [oldest] = payloads.keys()
      if (payloads.size > MAX_PAYLOADS && oldest !== undefined) payloads.delete(oldest)
    },
    demo: (text) => print(`demo: ${text}`),
    stopping(why) {
      print(`stopping (${why}); a second signal ends it at once`)
      flush()
    },
    stopped: () => print('stopped'),
  }
}
