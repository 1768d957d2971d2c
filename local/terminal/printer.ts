import type { Writable } from 'node:stream'

/** Often enough for the eye, seldom enough not to slow down a thousand events a second. */
const FLUSH_EVERY_MS = 20

/** To the beginning of the line, and nothing in it. Source: ECMA-48, CR and EL. */
const CLEAR_LINE = '\r\u001b[2K'

/** Prints lines in bundles: writing to a terminal blocks the thread that serves the messages. */
export function printer(out: Writable) {
  let lines = ''
  let timer: NodeJS.Timeout | undefined
  /** Whether the cursor is in a line that the next one is to replace. */
  let overwritable = false
  const clear = () => {
    if (overwritable) out.write(CLEAR_LINE)
    overwritable = false
  }
  const flush = () => {
    clearTimeout(timer)
    timer = undefined
    if (lines) {
      clear()
      out.write(lines)
    }
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
    /** On a terminal: shows `text` at once, in a line that what is printed next replaces. */
    overwrite(text: string): void {
      flush()
      out.write(`${CLEAR_LINE}${text}`)
      overwritable = true
    },
    /** Takes away what was shown to be replaced: something else writes to the terminal. */
    clear,
  }
}
export type Printer = ReturnType<typeof printer>
