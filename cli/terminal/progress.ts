import type { Cli } from '../cli.ts'

/** Least time between two lines of progress, ms. */
const EVERY_MS = 100

/** Tells how far something has come, in a line that is written over; only where people look. */
export function startProgress({ process: { stderr }, clock }: Pick<Cli, 'process' | 'clock'>) {
  let toldAtMs = Number.NEGATIVE_INFINITY
  let told = false
  return {
    tell(line: string): void {
      if (!stderr.isTTY || clock.now() - toldAtMs < EVERY_MS) return
      toldAtMs = clock.now()
      told = true
      stderr.write(`\r\x1b[K${line}`)
    },
    /** Takes the line away. */
    end(): void {
      if (told) stderr.write('\r\x1b[K')
    },
  }
}
