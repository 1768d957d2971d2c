import { goalOf } from './selection.ts'
import { type Change, type FileVerdict, scoreOf } from './verdict.ts'

/** Longest piece of code that is shown, characters. */
const MAX_SHOWN = 110

/** What a file's tests did not notice, each change as it would stand in a diff. */
export function survivorsOf({ file, survivors }: FileVerdict): string {
  return survivors
    .map(({ line, from, to }: Change) => `${file}:${line}\n  - ${shortened(from)}\n  + ${shortened(to)}`)
    .join('\n')
}

/** A line of the table: score, counts, file. */
export function rowOf(verdict: FileVerdict): string {
  const goal = goalOf(verdict.file)
  return `${row(verdict.file, [verdict])}${scoreOf([verdict]) < goal ? `: below ${goal} %` : ''}`
}

/** The table's last line. */
export const sumOf = (verdicts: readonly FileVerdict[]) => row('together', verdicts)

function row(name: string, verdicts: readonly FileVerdict[]): string {
  const count = (of: (one: FileVerdict) => number) =>
    String(verdicts.reduce((sum, one) => sum + of(one), 0)).padStart(5)
  const score = scoreOf(verdicts).toFixed(1).padStart(5)
  const counts = [
    `${count(({ killed }) => killed)} noticed`,
    `${count(({ survivors }) => survivors.length)} survived`,
    `${count(({ listed }) => listed.length)} equivalent`,
  ]
  return `${score} % ${counts.join(' ')}  ${name}`
}

const shortened = (text: string) => (text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN - 1)}…` : text)
