import { buildCommand } from '@stricli/core'
import { needLocalPackages } from '../../local/needed-packages.ts'
import type { Cli } from '../cli.ts'

/** Runs the scheduler on this machine until it is told to stop, as `npm start` does: a program that reads its own arguments. */
export async function runDev(args: readonly string[]): Promise<void> {
  needLocalPackages('aws-scheduler dev')
  process.argv.splice(2, Number.POSITIVE_INFINITY, ...args)
  await import('../../local/main.ts')
}

/** How it stands among the verbs; it is run before these are looked at. */
export const dev = buildCommand<Record<never, never>, string[], Cli>({
  parameters: {
    positional: {
      kind: 'array',
      parameter: { brief: 'Its own options: aws-scheduler dev --help', parse: String, placeholder: 'option' },
    },
  },
  docs: { customUsage: ['[option …]'], brief: 'Runs the scheduler on this machine' },
  func: async (_, ...args) => runDev(args),
})
