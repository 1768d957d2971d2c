import { run } from '@stricli/core'
import { app } from '../../cli/app.ts'
import type { Cli } from '../../cli/cli.ts'
import type { Client } from '../../client/client.ts'
import { fakeClock } from './fake-clock.ts'

/** What a command has said, and its exit code, negative ones being stricli's own. */
export interface Said {
  out: string
  err: string
  code: number
}

export const CLI_NOW_MS = Date.parse('2026-11-23T12:34:00Z')

/**
 * Runs the command line in this process.
 * @param client what the verbs are given; each call that it does not have fails
 * @param terminal whether people look at it; `answer` is what they type
 */
export async function runCli(
  args: readonly string[],
  { client = {}, answer, stdin = [] }: { client?: Partial<Client>; answer?: string; stdin?: string[] } = {},
): Promise<Said> {
  const said: Said = { out: '', err: '', code: 0 }
  const isTTY = answer !== undefined
  const process: Cli['process'] = {
    stdout: {
      write(text: string) {
        said.out += text
      },
    },
    stderr: {
      isTTY,
      write(text: string) {
        said.err += text
      },
    },
    stdin: Object.assign(chunks(answer === undefined ? stdin : [answer]), { isTTY }),
    env: {},
  }
  await run(app, args, {
    process,
    clock: fakeClock(CLI_NOW_MS),
    signal: new AbortController().signal,
    client: async () => client as Client,
  })
  return { ...said, code: Number(process.exitCode ?? 0) }
}

async function* chunks(all: readonly string[]) {
  yield* all
}
