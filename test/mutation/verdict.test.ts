import { expect } from 'chai'
import { judge, needless, type Result, scoreOf } from './verdict.ts'

const SOURCE = 'const a = 1\nif (a > 0) {\n  stop()\n}\n'
const result = (status: Result['status'], replacement: string, [line, column, toLine, toColumn]: number[]): Result => ({
  fileName: 'core/a.ts',
  status,
  replacement,
  location: {
    start: { line: line as number, column: column as number },
    end: { line: toLine as number, column: toColumn as number },
  },
})
const killed = result('Killed', 'a < 0', [2, 5, 2, 10])
const survived = result('Survived', 'a >= 0', [2, 5, 2, 10])
const emptied = result('NoCoverage', '{}', [2, 12, 4, 2])
const WHY = { file: 'core/a.ts', from: 'a > 0', to: 'a >= 0', why: 'a is one.' }

describe('the verdict on a mutated file', () => {
  it('shows each change that no test noticed in a line, in the order of the file', () => {
    expect(judge('core/a.ts', SOURCE, [emptied, killed, survived], []).survivors).to.deep.equal([
      { file: 'core/a.ts', line: 2, from: 'a > 0', to: 'a >= 0' },
      { file: 'core/a.ts', line: 2, from: '{ stop() }', to: '{}' },
    ])
  })

  it('counts as noticed what failed a test or did not end', () => {
    const verdict = judge('core/a.ts', SOURCE, [killed, { ...killed, status: 'Timeout' }, survived], [])
    expect(verdict.killed).to.equal(2)
    expect(scoreOf([verdict])).to.be.closeTo(66.7, 0.1)
  })

  it('leaves out of the score what is listed as equivalent, in its own file alone', () => {
    const verdict = judge('core/a.ts', SOURCE, [killed, survived], [WHY])
    expect(verdict).to.deep.include({
      survivors: [],
      listed: [{ file: 'core/a.ts', line: 2, from: 'a > 0', to: 'a >= 0' }],
    })
    expect(scoreOf([verdict])).to.equal(100)
    expect(scoreOf([judge('core/a.ts', SOURCE, [killed, survived], [{ ...WHY, file: 'core/b.ts' }])])).to.equal(50)
  })

  it('is that all is well with a file in which nothing can be changed', () => {
    expect(scoreOf([judge('core/a.ts', SOURCE, [], [])])).to.equal(100)
  })

  it('names what is listed in vain, of the files that were mutated', () => {
    const verdicts = [judge('core/a.ts', SOURCE, [killed], [WHY])]
    expect(needless(verdicts, [WHY, { ...WHY, file: 'core/b.ts' }])).to.deep.equal([WHY])
    expect(needless([judge('core/a.ts', SOURCE, [survived], [WHY])], [WHY])).to.deep.equal([])
  })
})
