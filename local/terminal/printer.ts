import type { Writable } from 'node:stream'

/** Often enough for the eye, seldom enough not to slow down a thousand events a second. */
const FLUSH_EVERY_MS = 20

/** To the beginning of the line, and nothing in it. Source: ECMA-48, CR and EL. */
const CLEAR_LINE = '\r\u001b[2K'

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
    /** On a terminal: puts `text` in place of the line that the cursor is in, at once. */
    overwrite(text: string): void {
      flush()
      out.write(`${CLEAR_LINE}${text}`)
    },
  }
}
export type Printer = ReturnType<typeof printer>
