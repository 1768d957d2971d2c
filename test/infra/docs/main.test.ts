import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { GENERATED } from '../../../infra/docs/main.ts'

const ROOT = join(import.meta.dirname, '..', '..', '..')

describe('what `npm run docs` writes', () => {
  for (const [path, text] of Object.entries(GENERATED))
    it(`is what ${path} says`, () => {
      expect(readFileSync(join(ROOT, path), 'utf8'), 'run `npm run docs`').to.equal(text())
    })
})
