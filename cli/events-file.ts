import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import type { EventToSchedule } from '../client/messages.ts'
import { SchedulerError } from '../core/errors.ts'
import { isJsonObject, parseJson } from '../core/json.ts'
import { whyNoJson } from '../core/not-json.ts'
import type { Cli } from './cli.ts'

/** Is told what each line is. Lines count from 1. */
export interface LineListener {
  onEvent(line: number): void
  onRefused(line: number, code: string, error: string): void
}

/**
 * The events of a file, a JSON object a line; empty lines are left out, and what is no object is told of.
 * @param file `-` for standard input
 * @throws SchedulerError `INPUT_INVALID` if it cannot be read
 */
export async function* readEvents(
  { process: { stdin } }: Pick<Cli, 'process'>,
  file: string,
  { onEvent, onRefused }: LineListener,
): AsyncGenerator<EventToSchedule> {
  const input = file === '-' ? Readable.from(stdin) : createReadStream(file)
  const failed = new Promise<never>((_, reject) => input.once('error', reject))
  failed.catch(() => {})
  let line = 0
  try {
    const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })[Symbol.asyncIterator]()
    while (true) {
      const next = await Promise.race([lines.next(), failed])
      if (next.done) return
      line++
      const text = next.value.trim()
      if (text === '') continue
      const event = parseJson(text)
      if (isJsonObject(event)) {
        onEvent(line)
        yield event as unknown as EventToSchedule
      } else if (event === undefined) onRefused(line, 'MESSAGE_NOT_JSON', `The line is not JSON: ${whyNoJson(text)}.`)
      else onRefused(line, 'MESSAGE_INVALID', 'The line is no JSON object with date, target, user and payload.')
    }
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === undefined) throw cause
    throw new SchedulerError(
      'INPUT_INVALID',
      `--file ${file} cannot be read (${code}): give a file that can, or - for standard input.`,
    )
  }
}
