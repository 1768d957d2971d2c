import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'

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
})
