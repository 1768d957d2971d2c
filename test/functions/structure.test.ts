import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'

const ROOT = fileURLToPath(new URL('../../functions/', import.meta.url))
const files = readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }))
const under = (folder: string) => files.filter(({ path }) => path.startsWith(`${folder}/`))
const handlers = files.filter(({ text }) => /^export const handler\b/m.test(text))

interface Import {
  path: string
  from: string
  typeOnly: boolean
}

const importsOf = (some: typeof files): Import[] =>
  some.flatMap(({ path, text }) =>
    [...text.matchAll(/^(?:import|export)\b([^'";]*?)from '([^']+)'/gm)].map(([, what = '', from = '']) => ({
      path,
      from,
      typeOnly: what.trimStart().startsWith('type '),
    })),
  )

/** Paths of files whose code, comments left out, matches. */
const matching = (pattern: RegExp) =>
  files.filter(({ text }) => pattern.test(text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, ''))).map(({ path }) => path)

describe('the structure of functions/', () => {
  it('is known: core, flow, gateway and five handlers', () => {
    expect(under('core').length).to.be.above(10)
    expect(under('flow').length).to.be.above(10)
    expect(under('gateway').length).to.be.above(5)
    expect(handlers.map(({ path }) => path).sort()).to.deep.equal([
      'emitter.ts',
      'loader.ts',
      'planner.ts',
      'settler.ts',
      'validator.ts',
    ])
  })

  it('has a core that imports itself and zod alone', () => {
    const foreign = importsOf(under('core')).filter(({ from }) => !from.startsWith('./') && from !== 'zod')
    expect(foreign).to.deep.equal([])
  })

  it('has flows that know the gateway by its types alone', () => {
    const foreign = importsOf(under('flow')).filter(({ from, typeOnly }) => {
      if (from.startsWith('./') || from.startsWith('../core/') || from === 'zod') return false
      return !typeOnly || !(from.startsWith('../gateway/') || from === 'aws-lambda')
    })
    expect(foreign).to.deep.equal([])
  })

  it('has a gateway that does not know the flows', () => {
    expect(importsOf(under('gateway')).filter(({ from }) => from.includes('/flow/'))).to.deep.equal([])
  })

  it('has AWS behind the gateway', () => {
    const aws = importsOf(files).filter(({ from }) => from.startsWith('@aws'))
    expect(aws.filter(({ path }) => !path.startsWith('gateway/'))).to.deep.equal([])
    expect(aws).to.not.deep.equal([])
  })

  it('imports zod so that only what is used is bundled', () => {
    for (const { path, text } of files)
      for (const [line] of text.matchAll(/^import.*from 'zod'/gm))
        expect(line, path).to.match(/^import (type )?\* as z from 'zod'$/)
  })

  it('reads the clock in one place', () => {
    expect(matching(/Date\.now|new Date\(\)|performance\.now/)).to.deep.equal(['gateway/system-clock.ts'])
  })

  it('sets timers in one place', () => {
    expect(matching(/setTimeout|setInterval|setImmediate/)).to.deep.equal(['gateway/system-clock.ts'])
  })

  it('draws random numbers in one place', () => {
    expect(matching(/Math\.random|randomUUID|getRandomValues/)).to.deep.equal(['deps.ts'])
  })

  it('reads the environment in one place', () => {
    expect(matching(/process\.env/)).to.deep.equal(['gateway/settings.ts'])
  })

  it('reads the table strongly consistently, everywhere', () => {
    const readers = files.filter(({ text }) => /new (Get|BatchGet|Query|Scan)Command/.test(text))
    expect(readers.map(({ path }) => path)).to.include('gateway/events-table/bulk.ts')
    for (const { path, text } of readers) {
      const reads = text.match(/new (Get|BatchGet|Query|Scan)Command/g)?.length
      expect(text.match(/ConsistentRead: true/g)?.length, path).to.equal(reads)
    }
  })

  it('throws one kind of error', () => {
    expect(matching(/throw new (?!SchedulerError)/)).to.deep.equal([])
  })

  it('has handlers of at most forty lines', () => {
    for (const { path, text } of handlers) expect(text.split('\n').length, path).to.be.at.most(41)
  })

  it('has small files', () => {
    const lines = files.map(({ text }) => text.split('\n').length).sort((a, b) => a - b)
    expect(lines[Math.floor(lines.length / 2)]).to.be.at.most(60)
    expect(lines.at(-1)).to.be.at.most(250)
  })
})
