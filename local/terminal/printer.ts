import type { Writable } from 'node:stream'

/** Often enough for the eye, seldom enough not to slow down a thousand events a second. */
const FLUSH_EVERY_MS = 20

/** Prints lines in bundles: writing to a terminal blocks the thread that serves the messages. */
export function printer(out: Writable) {
  let lines = ''
  let timer: NodeJS.Timeout | undefined
  const flush = () => {
    clearTimeout(timer)
    timer = undefined
    if (lines) out.write(lines)
    lines = ''
  }
  // Whoever reads us may go (`npm start | head`); the stack goes on.
  out.on('error', () => {})
  return {
    print(line: string): void {
      lines += `${line}\n`
      timer ??= setTimeout(flush, FLUSH_EVERY_MS)
    },
    flush,
  }
}
