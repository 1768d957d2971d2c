import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { USAGE } from '../../local/options.ts'
import { EVENT_HAPPENINGS } from '../../local/terminal/happening.ts'

const documented = readFileSync(join(import.meta.dirname, '../../docs/local.md'), 'utf8')

describe('docs/local.md', () => {
  it('lists every option', () => {
    const options = [...USAGE.matchAll(/^ {2}(--\w+)/gm)].map(([, option]) => option)
    expect(options).to.have.lengthOf(8)
    for (const option of options) expect(documented).to.match(new RegExp(`^\\| \`${option}\\b`, 'm'))
  })

  it('lists every kind of line of JSON', () => {
    const others = ['starting', 'ready', 'published', 'warn', 'error', 'demo', 'stopping', 'stopped']
    for (const what of [...EVENT_HAPPENINGS, ...others])
      expect(documented).to.match(new RegExp(`^\\|.*\`${what}\``, 'm'))
  })
})
