import type { MutantResult } from '@stryker-mutator/api/core'
import type { Equivalent } from './equivalents.ts'

/** One change of the code, in one line each: what stood there, and what stood there instead. */
export interface Change {
  file: string
  line: number
  from: string
  to: string
}

/** What became of a file's mutants. */
export interface FileVerdict {
  file: string
  /** Mutants that a test noticed, by failing or by never ending. */
  killed: number
  survivors: Change[]
  /** Survivors that are known to change nothing that anybody can see. */
  listed: Change[]
}

export type Result = Pick<MutantResult, 'fileName' | 'location' | 'replacement' | 'status'>

const NOTICED = ['Killed', 'Timeout']
const UNNOTICED = ['Survived', 'NoCoverage']

/**
 * The verdict on a file.
 * @param source the file as it was when it was mutated
 */
export function judge(
  file: string,
  source: string,
  results: readonly Result[],
  known: readonly Equivalent[],
): FileVerdict {
  const survivors = results
    .filter(({ status }) => UNNOTICED.includes(status))
    .sort((a, b) => a.location.start.line - b.location.start.line || a.location.start.column - b.location.start.column)
    .map(({ location, replacement }) => ({
      file,
      line: location.start.line,
      from: inOneLine(textAt(source, location)),
      to: inOneLine(replacement ?? ''),
    }))
  const listed = survivors.filter((change) => known.some((one) => isOf(one, change)))
  return {
    file,
    killed: results.filter(({ status }) => NOTICED.includes(status)).length,
    survivors: survivors.filter((change) => !listed.includes(change)),
    listed,
  }
}

/** Percent of the mutants that somebody could notice which the tests did notice. */
export function scoreOf(verdicts: readonly FileVerdict[]): number {
  const killed = verdicts.reduce((sum, one) => sum + one.killed, 0)
  const survived = verdicts.reduce((sum, one) => sum + one.survivors.length, 0)
  return killed + survived === 0 ? 100 : (100 * killed) / (killed + survived)
}

/** Entries of the list that no survivor needs any more. */
export function needless(verdicts: readonly FileVerdict[], known: readonly Equivalent[]): Equivalent[] {
  return known.filter((one) => {
    const verdict = verdicts.find(({ file }) => file === one.file)
    return verdict && !verdict.listed.some((change) => isOf(one, change))
  })
}

const isOf = (one: Equivalent, { file, from, to }: Change) => one.file === file && one.from === from && one.to === to

const inOneLine = (text: string) => text.trim().replaceAll(/\s+/g, ' ')

/** Stryker counts lines and columns from one. */
function textAt(source: string, { start, end }: Result['location']): string {
  const lines = source.split('\n').slice(start.line - 1, end.line)
  const last = lines.length - 1
  return lines
    .map((line, i) => line.slice(i === 0 ? start.column - 1 : 0, i === last ? end.column - 1 : undefined))
    .join('\n')
}
