#!/usr/bin/env node

import { proposeCompletions, run } from '@stricli/core'
import { systemClock } from '../aws/system-clock.ts'
import type { Client } from '../client/client.ts'
import { app } from './app.ts'
import { type Cli, EXIT } from './cli.ts'
import { clientOptionsOf } from './flags.ts'
import { runDev } from './verbs/dev.ts'

async function main(args: readonly string[]): Promise<void> {
  const [verb, ...rest] = args
  if (verb === 'dev') return runDev(rest)
  const { cli, close } = openCli()
  try {
    if (verb === 'complete') await complete(cli, rest)
    else await run(app, args.length > 0 ? args : ['--help'], cli)
  } finally {
    close()
  }
  // Those of stricli itself are below zero: the call is wrong.
  if (Number(process.exitCode ?? 0) < 0) process.exitCode = EXIT.failed
}

async function complete(cli: Cli, words: readonly string[]): Promise<void> {
  for (const { completion } of await proposeCompletions(app, words, cli)) cli.process.stdout.write(`${completion}\n`)
}

/** What the verbs work with, of this very process. */
function openCli(): { cli: Cli; close: () => void } {
  const clients: Client[] = []
  const ending = new AbortController()
  process.once('SIGINT', () => {
    process.exitCode = 130
    ending.abort()
  })
  // Nobody reads on, as with `| head`.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit(EXIT.done)
  })
  return {
    cli: {
      process: process as Cli['process'],
      clock: systemClock,
      signal: ending.signal,
      async client(flags) {
        const { createClient } = await import('../client/create-client.ts')
        const client = createClient(clientOptionsOf(flags, process.env))
        clients.push(client)
        return client
      },
    },
    close: () => {
      for (const client of clients) client.close()
    },
  }
}

await main(process.argv.slice(2))
