import './mocha-of-today.ts'
import { readFileSync } from 'node:fs'
import { Stryker } from '@stryker-mutator/core'
import { EQUIVALENTS } from './equivalents.ts'
import { rowOf, sumOf, survivorsOf } from './report.ts'
import { changedPaths, filesOf, GOALS, goalOf, testsOf } from './selection.ts'
import { type FileVerdict, judge, needless, scoreOf } from './verdict.ts'

/**
 * Breaks the code in many small ways, one at a time, and tells what no test noticed. A file after the other, each with
 * its own tests alone: they are the ones that have to notice, and a change of what runs once when a file is loaded needs
 * a process and all tests of the run.
 */
const args = process.argv.slice(2)
const named =
  args.length === 0 ? Object.keys(GOALS) : args.flatMap((arg) => (arg === '--changed' ? changedPaths() : arg))
const files = filesOf(named)
const strange = args.filter((arg) => arg !== '--changed' && filesOf([arg]).length === 0)
if (strange.length > 0) {
  console.error(
    `Nothing to mutate in ${strange.join(', ')}: name files or folders in ${Object.keys(GOALS).join(', ')}.`,
  )
  process.exit(2)
}

const startMs = performance.now()
const verdicts: FileVerdict[] = []
if (files.length === 0) console.log('Nothing has changed that can be mutated.')
for (const file of files) {
  const source = readFileSync(file, 'utf8')
  const results = await new Stryker({
    mutate: [file],
    mochaOptions: { require: ['./test/mutation/hooks-of-no-test.ts'], spec: testsOf(file) },
    htmlReporter: { fileName: `.mutation/${file}.html` },
  }).runMutationTest()
  const verdict = judge(file, source, results, EQUIVALENTS)
  console.log(`${[survivorsOf(verdict), rowOf(verdict)].filter(Boolean).join('\n')}\n`)
  verdicts.push(verdict)
}

for (const { file, from, to } of needless(verdicts, EQUIVALENTS))
  console.log(`Listed as equivalent, but noticed or gone, in ${file}: ${from} → ${to}`)
const seconds = ((performance.now() - startMs) / 1_000).toFixed(0)
console.log([...verdicts.map(rowOf), sumOf(verdicts), `${seconds} s; details in .mutation/`].join('\n'))
if (verdicts.some((one) => scoreOf([one]) < goalOf(one.file))) process.exitCode = 1
