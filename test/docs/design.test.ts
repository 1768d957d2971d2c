import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { PREFIX } from '../../aws/events-table/items.ts'
import { KNOWN_FAULTS } from '../simulation/faults.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const text = readFileSync(join(ROOT, 'docs/design.md'), 'utf8')

/** Folders that hold no code of the house. */
const OTHERS = ['node_modules', 'dist']

describe('docs/design.md', () => {
  it('names files and folders that are there', () => {
    const paths = [...text.matchAll(/`([a-z-]+(?:\/[a-z0-9-]+)*\/?(?:\.[a-z.]+)?)`/g)].map(([, path = '']) => path)
    const named = paths.filter((path) => path.includes('/'))
    expect(named.length).to.be.above(20)
    expect(named.filter((path) => !existsSync(join(ROOT, path)))).to.deep.equal([])
  })

  it('says of every folder what it is', () => {
    const folders = readdirSync(ROOT, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && !OTHERS.includes(entry.name))
      .map(({ name }) => `| \`${name}/\` |`)
    expect(folders.filter((row) => !text.includes(row))).to.deep.equal([])
  })

  it('has every kind of item in its table', () => {
    const rows = text.slice(text.indexOf('## The table')).match(/^\|.*$/gm) ?? []
    for (const prefix of Object.values(PREFIX)) expect(rows.join('\n')).to.contain(`\`${prefix}`)
  })

  const rules = text.slice(text.indexOf('## The rules'), text.indexOf('## Words')).match(/^\d+\. .*$/gm) ?? []

  it('links each of its eleven rules to tests', () => {
    expect(rules).to.have.length(11)
    for (const rule of rules) expect(rule).to.match(/\]\(\.\.\/test\/[^)]+\.test\.ts\)/)
  })

  it('names none but faults that the simulator knows', () => {
    const faults = rules.flatMap((rule) => rule.split(' Faults: ')[1]?.match(/\w+/g) ?? [])
    expect(faults.length).to.be.above(20)
    expect(faults.filter((name) => !(KNOWN_FAULTS as string[]).includes(name))).to.deep.equal([])
  })
})
