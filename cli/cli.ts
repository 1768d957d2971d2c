import type { CommandContext } from '@stricli/core'
import type { Client } from '../client/client.ts'
import type { Clock } from '../core/clock.ts'
import type { StackFlags } from './flags.ts'

/** What verbs work with: tests bring their own. */
export interface Cli extends CommandContext {
  process: {
    stdout: Output
    stderr: Output
    stdin: Input
    exitCode?: number | string | null
    env: NodeJS.ProcessEnv
  }
  clock: Clock
  /** A client of the scheduler that the flags name. Closed when the command ends. */
  client(flags: StackFlags): Promise<Client>
  /** Aborted when the command is to end: by Ctrl-C, or because nobody reads on. */
  signal: AbortSignal
}

export interface Output {
  write(text: string): unknown
  /** Whether people look at it. */
  isTTY?: boolean | undefined
  /** How many characters a line has. */
  columns?: number | undefined
}

export interface Input extends AsyncIterable<Buffer | string> {
  isTTY?: boolean | undefined
}

/** Exit codes: done; done, and the answer is that something is wrong; the call is wrong, or nothing could be done. */
export const EXIT = { done: 0, wrong: 1, failed: 2 } as const
