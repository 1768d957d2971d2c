import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import { LOCAL } from '../core/stack-place.ts'
import { CannotStart } from './cannot-start.ts'

/** What a newcomer finds at the usual port of AWS emulators. */
export const DEFAULT_PORT = Number(new URL(LOCAL.endpoint).port)
export const DEFAULT_DATA = '.local'
/** Nobody but this machine. */
export const DEFAULT_HOST = '127.0.0.1'

export const USAGE = `Runs the scheduler on this machine: npm start -- [options]

  --port PORT   port to listen on, 0 to 65535; 0 takes any free one   (default ${DEFAULT_PORT})
  --host HOST   address to listen on; another than the default lets
                other machines in, who are asked for no password      (default ${DEFAULT_HOST})
  --data DIR    where state is kept from one start to the next        (default ${DEFAULT_DATA})
  --fresh       forget that state and begin anew
  --demo        schedule a handful of events and watch them arrive
  --quiet       print nothing but the ready line and errors
  --json        print a line of JSON for each thing that happens
  --help        show this
`

export interface Options {
  port: number
  host: string
  data: string
  fresh: boolean
  demo: boolean
  quiet: boolean
  json: boolean
  help: boolean
  /** Options that stood before npm's `--`, and that npm handed on as variables. */
  takenByNpm: string[]
}

const OPTIONS = {
  port: { type: 'string', default: String(DEFAULT_PORT) },
  host: { type: 'string', default: DEFAULT_HOST },
  data: { type: 'string', default: DEFAULT_DATA },
  fresh: { type: 'boolean', default: false },
  demo: { type: 'boolean', default: false },
  quiet: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const satisfies ParseArgsOptionsConfig

type Name = keyof typeof OPTIONS
type Variables = Record<string, string | undefined>

/**
 * The options of `npm start`. Throws CannotStart.
 * @param variables those of the process: `npm start --demo`, without `--`, leaves its option there and nowhere else
 */
export function parseOptions(args: string[], variables: Variables = {}): Options {
  const takenByNpm = optionsOfNpm(variables)
  const { port, host, data, ...flags } = parse([...takenByNpm, ...args])
  if (!data) throw new CannotStart('--data needs the name of a folder')
  if (!host) throw new CannotStart('--host needs an address')
  return { ...flags, host, data, port: parsePort(port), takenByNpm }
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, options: OPTIONS }).values
  } catch (cause) {
    throw new CannotStart(`${(cause as Error).message}\n\n${USAGE}`, { cause })
  }
}

/** npm keeps what stands before `--` for itself: an option it does not know becomes a variable. `--quiet` is its own. */
function optionsOfNpm(variables: Variables): string[] {
  if (!startedByNpm(variables)) return []
  const names = (Object.keys(OPTIONS) as Name[]).filter((name) => name !== 'help' && name !== 'quiet')
  return names.flatMap((name) => {
    const value = variables[`npm_config_${name}`]
    if (value === undefined || value === '' || value === 'false') return []
    if (OPTIONS[name].type === 'boolean') return [`--${name}`]
    // npm takes the name for a flag, and leaves the value behind as an argument.
    if (value === 'true') throw new CannotStart(`npm took --${name} for itself: write npm start -- --${name} …`)
    return [`--${name}=${value}`]
  })
}

/** Whether npm started this very program, rather than one that started it in turn. */
export const startedByNpm = ({ npm_lifecycle_script }: Variables) =>
  npm_lifecycle_script?.includes('local/main.ts') ?? false

function parsePort(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw new CannotStart(`--port is "${text}"; allowed: a whole number from 0 to 65535`)
}
