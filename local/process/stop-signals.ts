import { constants } from 'node:os'

/** Asked to end by a person (Ctrl-C), by another program (kill, docker stop), by a terminal that closes. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * How soon a second signal is taken for the echo of the first: npm hands on to its script what the terminal has already
 * sent to all of us.
 */
const ECHO_MS = 500

/** The exit code of a program that a signal ended. Source: the convention of shells, 128 and the signal's number. */
export const exitCodeOf = (signal: NodeJS.Signals) => 128 + constants.signals[signal]

/** What is used of this process. */
interface Process {
  on(signal: NodeJS.Signals, listener: () => void): unknown
  exit(code: number): void
}

/**
 * Calls `stop` at the first signal that asks this process to end, and ends it at the second.
 * @returns the same, for reasons that are not signals
 */
export function stopOnSignals(
  stop: (why: string) => void,
  { on, exit }: Process = { on: process.on.bind(process), exit: process.exit },
  nowMs = () => performance.now(),
): (why: string) => void {
  let stoppingSinceMs: number | undefined
  const stopOnce = (why: string) => {
    if (stoppingSinceMs !== undefined) return
    stoppingSinceMs = nowMs()
    stop(why)
  }
  for (const signal of SIGNALS)
    on(signal, () => {
      if (stoppingSinceMs === undefined) stopOnce(signal)
      else if (nowMs() - stoppingSinceMs >= ECHO_MS) exit(exitCodeOf(signal))
    })
  return stopOnce
}
