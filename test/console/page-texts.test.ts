import { execFileSync } from 'node:child_process'
import { expect } from 'chai'
import { quantilesOf } from '../../console/page/quantiles.ts'
import { pretty, quoted, visible } from '../../console/page/visible.ts'

describe('a text of somebody else’s on the page', () => {
  it('is shown as it is, with its line breaks', () => {
    expect(visible('Grüße,\n\t世界 🎉 <b>')).to.equal('Grüße,\n\t世界 🎉 <b>')
  })

  it('is shown with escapes for what would turn, hide or end it', () => {
    expect(visible('a\u202egnp.exe')).to.equal('a\\u202egnp.exe')
    expect(visible('\u0000\u0007\u001b[31m\r\u007f\u0085')).to.equal('\\u0000\\u0007\\u001b[31m\\u000d\\u007f\\u0085')
    expect(visible('\u200b\u2028\u2066\ufeff')).to.equal('\\u200b\\u2028\\u2066\\ufeff')
    expect(visible('\ud800 \u{e0041}')).to.equal('\\ud800 \\udb40\\udc41')
  })

  it('stays the same JSON', () => {
    const value = { a: '\u202e\u{e0041}\u0007', b: [1] }
    expect(JSON.parse(visible(JSON.stringify(value)))).to.deep.equal(value)
  })

  it('is laid out where it is JSON', () => {
    expect(pretty('{"a":1}')).to.equal('{\n  "a": 1\n}')
    expect(pretty('{"a":')).to.equal('{"a":')
  })

  it('is one word of a shell, whatever it holds', () => {
    for (const text of [
      'plain-id',
      "it's",
      '$(touch x) `y` "z" \\',
      '-x',
      'a\nb\tc',
      '*',
      '!',
      'ü \u202e \u{e0041}',
      '',
    ])
      expect(
        execFileSync('bash', ['--norc', '--noprofile', '-c', `printf %s ${quoted(text)}`], {
          env: { LC_ALL: 'C.UTF-8' },
        }).toString(),
      ).to.equal(text)
    expect(quoted('\u202e')).to.not.contain('\u202e')
  })
})

describe('lateness in numbers', () => {
  it('is of all pieces together', () => {
    const pieces = [
      { startMs: 0, lateness: { 1: 98, 5: 1 } },
      { startMs: 10_000, lateness: { 700: 1 } },
    ]
    expect(quantilesOf(pieces, [2, 10, Number.POSITIVE_INFINITY])).to.deep.equal({
      count: 100,
      p50: 1,
      p99: 5,
      max: 700,
      counts: [98, 1, 1],
    })
  })

  it('is nothing of none', () => {
    expect(quantilesOf([], [1])).to.deep.equal({ count: 0, p50: 0, p99: 0, max: 0, counts: [0] })
  })
})
