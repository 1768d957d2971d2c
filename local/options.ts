import { parseArgs } from 'node:util'

/** What a newcomer finds at the usual port of AWS emulators. */
export const DEFAULT_PORT = 4566
export const DEFAULT_DATA = '.local'

export const USAGE = `Runs the scheduler on this machine: npm start -- [options]

  --port PORT   port on 127.0.0.1; 0 takes any free one          (default ${DEFAULT_PORT})
  --data DIR    where state is kept from one start to the next   (default ${DEFAULT_DATA})
  --fresh       forget that state and begin anew
  --demo        schedule a handful of events and watch them arrive
  --help        show this
`

export interface Options {
  port: number
  data: string
  fresh: boolean
  demo: boolean
  help: boolean
}

/** Throws an error that a person understands. */
export function parseOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: 'string', default: String(DEFAULT_PORT) },
      data: { type: 'string', default: DEFAULT_DATA },
      fresh: { type: 'boolean', default: false },
      demo: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (!values.data) throw new Error('--data needs the name of a folder')
  return { ...values, port: parsePort(values.port) }
}

function parsePort(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw new Error(`--port is "${text}"; allowed: a whole number from 0 to 65535`)
}
