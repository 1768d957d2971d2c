import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { expect } from 'chai'

const ROOT = join(import.meta.dirname, '..')

/**
 * Every folder of the house with the folders that it may import from, its own left out. What stands in `types` may be
 * imported as a type alone: who uses it is handed the thing itself.
 */
const HOUSE: Record<string, { imports: string[]; types?: string[] }> = {
  core: { imports: [] },
  aws: { imports: ['core'] },
  status: { imports: ['core'], types: ['aws'] },
  functions: { imports: ['core', 'status'], types: ['aws'] },
  client: { imports: ['core', 'aws', 'status'] },
  infra: { imports: ['core'] },
  console: { imports: ['core', 'status', 'client'] },
  local: { imports: ['core', 'infra', 'aws', 'client', 'console'] },
  cli: { imports: ['core', 'status', 'aws', 'client', 'local', 'console'] },
  bench: { imports: ['core', 'aws', 'status', 'functions', 'client', 'infra', 'local', 'test'] },
  test: { imports: ['core', 'aws', 'status', 'functions', 'client', 'infra', 'local', 'cli', 'console'] },
}

/** Where the functions are given their AWS. */
const COMPOSITION = /^functions\/world\.ts$/

const files = Object.keys(HOUSE).flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => ({ path: posix.join(folder, path), text: readFileSync(join(ROOT, folder, path), 'utf8') })),
)
const folderOf = (path: string) => path.split('/')[0] as string
const under = (...folders: string[]) => files.filter(({ path }) => folders.includes(folderOf(path)))
const product = under('core', 'aws', 'status', 'functions')
const handlers = files.filter(({ text }) => /^export const handler\b/m.test(text))

interface Import {
  path: string
  /** Another file of the project by its path, or the name of a package. */
  from: string
  typeOnly: boolean
}

const importsOf = (some: typeof files): Import[] =>
  some.flatMap(({ path, text }) =>
    [...text.matchAll(/^(?:import|export)\b([^'";]*?)from '([^']+)'/gm)].map(([, what = '', from = '']) => ({
      path,
      from: from.startsWith('.') ? posix.join(posix.dirname(path), from) : from,
      typeOnly: what.trimStart().startsWith('type '),
    })),
  )
const isFile = ({ from }: Import) => from.endsWith('.ts')

/** Paths of files whose code, comments left out, matches. */
const matching = (pattern: RegExp, some = product) =>
  some.filter(({ text }) => pattern.test(text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, ''))).map(({ path }) => path)

/** The package of a module, such as `zod/v4` or `@aws-sdk/client-sns`. */
const packageOf = (module: string) =>
  module
    .split('/')
    .slice(0, module.startsWith('@') ? 2 : 1)
    .join('/')

/** Packages that are loaded with a file, by whatever it imports. */
function packagesOf(path: string, seen = new Set<string>()): string[] {
  if (seen.has(path)) return []
  seen.add(path)
  const imports = importsOf(files.filter((file) => file.path === path)).filter(({ typeOnly }) => !typeOnly)
  return imports.flatMap((one) => (isFile(one) ? packagesOf(one.from, seen) : [packageOf(one.from)]))
}

/** The first way from a file back to itself, if there is one. */
function circle(): string[] | undefined {
  const edges = Map.groupBy(importsOf(files).filter(isFile), ({ path }) => path)
  const done = new Set<string>()
  const walk = (path: string, way: string[]): string[] | undefined => {
    if (way.includes(path)) return [...way.slice(way.indexOf(path)), path]
    if (done.has(path)) return undefined
    for (const { from } of edges.get(path) ?? []) {
      const found = walk(from, [...way, path])
      if (found) return found
    }
    done.add(path)
    return undefined
  }
  for (const { path } of files) {
    const found = walk(path, [])
    if (found) return found
  }
  return undefined
}

/** Folders whose files have a test of the same name under test/. */
const WITH_TWINS = /^(core|status|aws|client|functions|functions\/(validator|loader|planner))\/[^/]+\.ts$/

/** Files of those folders that need none, and why. */
const WITHOUT_TWIN: Record<string, string> = {
  'core/clock.ts': 'types alone',
  'core/divided-minute.ts': 'types alone',
  'core/publish-result.ts': 'types alone',
  'core/watermark.ts': 'types alone',
  'core/index-kind.ts': 'two words; told by the tests of the setting',
  'core/refusal.ts': 'schemas alone; told by leasing.test.ts',
  'core/untold.ts': 'a schema alone; told by untold.test.ts of the delivery',
  'aws/aws-client.ts': 'types alone',
  'status/facts.ts': 'types alone',
  'client/client.ts': 'types alone',
  'client/event-list.ts': 'types alone',
  'client/parts.ts': 'composition: the tests of the client run what it makes',
  'client/sending.ts': 'composition: the test of create-client runs what it makes',
  'client/index.ts': 'names what there is; the test of the package imports it',
  'client/messages.ts': 'types alone',
  'client/options.ts': 'types alone',
  'client/stack.ts': 'types alone',
  'aws/executions.ts': 'what runners and express lane share; told by their tests',
  'functions/validator/steps.ts': 'composition: every test of a step is handed what it makes',
  'functions/validator/refusal.ts': 'a sentence of each',
}

describe('the structure of the house', () => {
  it('has five functions, a handler each', () => {
    expect(handlers.map(({ path }) => path).sort()).to.deep.equal([
      'functions/emitter/handler.ts',
      'functions/loader/handler.ts',
      'functions/planner/handler.ts',
      'functions/settler/handler.ts',
      'functions/validator/handler.ts',
    ])
  })

  for (const [folder, { imports, types = [] }] of Object.entries(HOUSE))
    it(`has a ${folder}/ that imports nothing above it`, () => {
      const foreign = importsOf(under(folder))
        .filter(isFile)
        .filter(({ path, from, typeOnly }) => {
          const to = folderOf(from)
          if (to === folder || imports.includes(to)) return false
          return !(types.includes(to) && (typeOnly || COMPOSITION.test(path)))
        })
      expect(under(folder)).to.not.deep.equal([])
      expect(foreign).to.deep.equal([])
    })

  it('has a core that needs zod, and the part of Temporal that knows time zones, and nothing else', () => {
    const packages = importsOf(under('core')).filter((one) => !isFile(one))
    const zones = packages.filter(({ from }) => from.startsWith('temporal-polyfill/fns/'))
    expect(new Set(zones.map(({ path }) => path))).to.deep.equal(new Set(['core/zoned-instant.ts']))
    const others = packages.filter((one) => !zones.includes(one))
    expect([...new Set(others.map(({ from }) => from))]).to.deep.equal(['zod'])
  })

  it('has a test of the same name for every file that does something', () => {
    const tests = new Set(under('test').map(({ path }) => path))
    const lonely = [...product, ...under('client')]
      .map(({ path }) => path)
      .filter((path) => WITH_TWINS.test(path) && !tests.has(`test/${path.replace(/\.ts$/, '.test.ts')}`))
    expect(lonely).to.have.members(Object.keys(WITHOUT_TWIN))
  })

  it('has no circles', () => {
    expect(circle()).to.equal(undefined)
  })

  it('has functions that do not know each other, only what stands beside them', () => {
    const names = handlers.map(({ path }) => path.split('/')[1])
    const foreign = importsOf(under('functions')).filter(({ path, from }) => {
      const [mine, theirs] = [path, from].map((one) => one.split('/')[1])
      return (
        isFile({ path, from, typeOnly: false }) &&
        from.startsWith('functions/') &&
        names.includes(theirs) &&
        mine !== theirs
      )
    })
    expect(foreign).to.deep.equal([])
  })

  for (const entry of ['client/index.ts', 'cli/main.ts', 'cli/ledger.ts'])
    it(`has in ${entry} what runs with the packages that everybody installs`, () => {
      const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
      const packages = packagesOf(entry).filter((name) => !name.startsWith('node:'))
      expect(packages.filter((name) => !(name in dependencies))).to.deep.equal([])
    })

  it('has a client that loads nothing of AWS before it is asked for something', () => {
    const sdk = packagesOf('client/index.ts').filter((name) => name.startsWith('@aws-sdk/'))
    expect(sdk).to.deep.equal([])
  })

  it('exports by name', () => {
    expect(matching(/^export \*/m, files)).to.deep.equal([])
  })

  it('has the SDK behind aws/', () => {
    const sdk = importsOf(product).filter(({ from }) => from.startsWith('@aws'))
    expect(sdk.filter(({ path }) => !path.startsWith('aws/'))).to.deep.equal([])
    expect(sdk).to.not.deep.equal([])
  })

  it('imports zod so that only what is used is bundled', () => {
    for (const { path, text } of product)
      for (const [line] of text.matchAll(/^import.*from 'zod'/gm))
        expect(line, path).to.match(/^import (type )?\* as z from 'zod'$/)
  })

  it('reads the clock in one place', () => {
    expect(matching(/Date\.now|new Date\(\)|performance\.now/)).to.deep.equal(['aws/system-clock.ts'])
  })

  it('sets timers in one place', () => {
    expect(matching(/setTimeout|setInterval|setImmediate/)).to.deep.equal(['aws/system-clock.ts'])
  })

  it('draws random numbers in one place', () => {
    expect(matching(/Math\.random|randomUUID|getRandomValues/)).to.deep.equal(['functions/world.ts'])
  })

  it('reads variables of the process in one place', () => {
    expect(matching(/process\.env/)).to.deep.equal(['functions/variables.ts'])
  })

  it('reads the table strongly consistently, everywhere', () => {
    const readers = product.filter(({ text }) => /new (Get|BatchGet|Query|Scan)Command/.test(text))
    expect(readers.map(({ path }) => path)).to.include('aws/events-table/bulk.ts')
    for (const { path, text } of readers) {
      const reads = text.match(/new (Get|BatchGet|Query|Scan)Command/g)?.length
      expect(text.match(/ConsistentRead: true/g)?.length, path).to.equal(reads)
    }
  })

  it('throws one kind of error', () => {
    expect(matching(/throw new (?!SchedulerError)/)).to.deep.equal([])
  })

  it('translates the errors of each SDK in one place', () => {
    expect(matching(/\bclient\.send\(/)).to.have.members([
      'aws/events-table/table.ts',
      'aws/executions.ts',
      // What SNS says becomes a result.
      'aws/topics.ts',
      'aws/input-topic.ts',
    ])
  })

  it('reads nothing with zod that would leave it as an error of zod', () => {
    expect(matching(/\.(parse|parseAsync)\((?<!JSON\.parse\()(?<!Date\.parse\()/)).to.deep.equal([])
  })

  it('has handlers of at most forty lines', () => {
    for (const { path, text } of handlers) expect(text.split('\n').length, path).to.be.at.most(41)
  })

  it('has a test beside every file that delivers', () => {
    const alone = files.filter(
      ({ path }) =>
        /^functions\/(delivery|emitter|settler)\//.test(path) &&
        !files.some((other) => other.path === `test/${path.replace(/\.ts$/, '.test.ts')}`),
    )
    expect(alone).to.deep.equal([])
  })

  it('has small files', () => {
    const lines = product.map(({ text }) => text.split('\n').length).sort((a, b) => a - b)
    expect(lines[Math.floor(lines.length / 2)]).to.be.at.most(60)
    expect(lines.at(-1)).to.be.at.most(250)
  })
})
