import { printable } from '../../local/terminal/printable.ts'
import type { Cli } from '../cli.ts'
import type { PrintFlags } from '../flags.ts'
import { type Column, tableLines } from './table.ts'

/** Prints any number of things as they come: a table for people, JSON for programs. @returns how many they were */
export async function printAll<Row>(
  { process, signal }: Pick<Cli, 'process' | 'signal'>,
  { output }: Pick<PrintFlags, 'output'>,
  { rows, columns, none }: { rows: AsyncIterable<Row>; columns: readonly Column<Row>[]; none: string },
): Promise<number> {
  const { stdout } = process
  let count = 0
  const counted = (async function* () {
    for await (const row of rows) {
      if (signal.aborted) return
      count++
      yield row
    }
  })()
  if (output === 'text') {
    for await (const line of tableLines(columns, counted, stdout.isTTY ? stdout.columns : undefined))
      stdout.write(`${line}\n`)
    if (count === 0) process.stderr.write(`${none}\n`)
    return count
  }
  if (output === 'json') stdout.write('[')
  for await (const row of counted)
    stdout.write(output === 'jsonl' ? `${toJson(row)}\n` : `${count > 1 ? ',' : ''}\n${toJson(row)}`)
  if (output === 'json') stdout.write(count > 0 ? '\n]\n' : ']\n')
  return count
}

/** Prints one thing: a line for each of its fields that has a value, or JSON. */
export function printOne(
  { process: { stdout } }: Pick<Cli, 'process'>,
  { output }: Pick<PrintFlags, 'output'>,
  { value, lines }: { value: object; lines: readonly (readonly [name: string, text: string | number | undefined])[] },
): void {
  if (output !== 'text') return void stdout.write(`${output === 'json' ? toJson(value, 2) : toJson(value)}\n`)
  const told = lines.filter(([, text]) => text !== undefined && text !== '')
  const width = Math.max(...told.map(([name]) => name.length))
  for (const [name, text] of told) stdout.write(`${name.padEnd(width)}  ${printable(String(text))}\n`)
}

/** JSON whose texts cannot harm a terminal: JSON itself escapes control characters, but for the rest of Unicode. */
export function toJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(/[\p{Cf}\p{Zl}\p{Zp}\u007f-\u009f]/gu, (character) =>
    [...Array(character.length).keys()]
      .map((i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`)
      .join(''),
  )
}
