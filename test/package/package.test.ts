import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, sep } from 'node:path'
import { expect } from 'chai'
import { compileFunctions } from '../../infra/function-code.ts'
import manifest from '../../package.json' with { type: 'json' }
import { execute, type Installed, install, pack } from '../support/installed-package.ts'
import { runProgram } from '../support/language-host.ts'
import { startProcess } from '../support/local-process.ts'
import { create, invoke } from '../support/new-resources.ts'

const INFRA = ['@pulumi/aws', '@pulumi/pulumi']
const LOCAL = [...INFRA, '@aws-sdk/client-sqs', 'aws-local-stepfunctions', 'dynalite', 'fauxqs']
/** What to tell npm: without a version it takes the newest, which may be one that the package was not made for. */
const inVersion = (names: string[]) =>
  names.map((name) => `${name}@${manifest.peerDependencies[name as keyof typeof manifest.peerDependencies]}`)
const FUNCTIONS = ['emitter', 'loader', 'planner', 'settler', 'validator']

describe('the package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aws-scheduler-package-'))
  let tarball: string
  let client: Installed
  let pulumi: Installed
  let local: Installed
  before(async () => {
    tarball = await pack(folder)
    // All three at once: one after the other, most of this test would be waiting for npm.
    ;[client, pulumi, local] = await Promise.all([
      install(join(folder, 'client'), [tarball], ['client.ts', 'schedules.ts']),
      install(join(folder, 'pulumi'), [tarball, ...inVersion(INFRA)], ['pulumi.ts', 'pulumi.cjs']),
      install(join(folder, 'local'), [tarball, ...inVersion(LOCAL)], ['local.ts']),
    ])
  })
  after(() => rmSync(folder, { recursive: true }))

  it('has entry points that publint finds nothing wrong with', async () => {
    expect(await execute('publint', ['--strict', tarball])).to.contain('All good!')
  })

  it('has types that resolve wherever its modules do', async () => {
    await execute('attw', [tarball, '--profile', 'esm-only'])
  })

  describe('installed by a client', () => {
    const inPackage = (...path: string[]) => join(client.folder, 'node_modules', 'aws-scheduler', ...path)

    it('brings at most forty packages, none of them for deploying or for the local stack', () => {
      expect(client.packages).to.be.at.most(40)
      const there = readdirSync(join(client.folder, 'node_modules'), { recursive: true, encoding: 'utf8' })
      expect(there).to.include('zod')
      for (const name of [...LOCAL, 'esbuild']) expect(there, name).not.to.include(name)
    })

    it('brings what is built, and no sources but those within the source maps', () => {
      const files = readdirSync(inPackage(), { recursive: true, encoding: 'utf8' })
      expect(files).to.include.members(['README.md', 'LICENSE', 'package.json', 'dist/message.schema.json'])
      expect(files.filter((path) => /(?<!\.d)\.ts$/.test(path))).to.deep.equal([])
    })

    it('brings the functions that the repository deploys, byte for byte', async () => {
      expect(readdirSync(inPackage('dist', 'functions')).sort()).to.deep.equal(FUNCTIONS)
      for (const [name, code] of await compileFunctions()) {
        const brought = readFileSync(inPackage('dist', 'functions', name, 'index.js'), 'utf8')
        expect(brought === code, name).to.equal(true)
      }
    })

    it('type-checks a program that reads input messages, and runs it', async () => {
      expect(await client.check()).to.deep.equal([])
      expect(await client.run('client.ts')).to.equal(
        'schedule an-id 3600500\nTARGET_NOT_ALLOWED\ntrue true true\ntrue\nschedule,cancel,reschedule\n',
      )
    })

    it('runs a program that schedules, gets, lists and cancels, and says what else a tail needs', async () => {
      const stack = await startProcess(join(folder, 'client-data'))
      const said = await client.run('schedules.ts', stack.endpoint).finally(() => stack.interrupt())
      const sqs = inVersion(['@aws-sdk/client-sqs'])
      const missing = `PACKAGE_MISSING: tail needs a package that is not installed: npm install "${sqs}"`
      expect(said.trim().split('\n')).to.deep.equal([
        'true true',
        '1 1',
        'pending',
        'true pending',
        'cancelled',
        'DATE_INVALID',
        missing,
      ])
    })

    it('has types that need those of zod, and no others', async () => {
      const read = await execute('tsc', ['--project', '.', '--listFilesOnly'], client.folder)
      const modules = join(client.folder, 'node_modules')
      const paths = read.split('\n').filter((path) => path.startsWith(modules))
      expect(new Set(paths.map((path) => relative(modules, path).split(sep)[0]))).to.have.keys('aws-scheduler', 'zod')
    })

    it('has a command that tells what it can do, and what it can not', async () => {
      const command = inPackage('dist', 'cli', 'main.js')
      expect(await client.run(command))
        .to.contain('ledger')
        .and.contain('dev')
      expect(await client.run(command, 'ledger', '--help')).to.contain('--from')
      const { stderr } = await client.run(command, 'legder').catch((error) => error)
      expect(stderr).to.contain('did you mean `ledger`')
    })

    for (const [entry, use, packages] of [
      ['aws-scheduler/pulumi', 'import("aws-scheduler/pulumi")', INFRA],
      ['aws-scheduler/local', 'import("aws-scheduler/local").then((local) => local.startLocal())', LOCAL],
    ] as const)
      it(`says what ${entry} needs, when it is not there`, async () => {
        const said = await client.run('-e', `${use}.catch(({ message }) => console.log(message))`)
        const [sentence, command = ''] = said.trim().split(': npm install ')
        expect(sentence).to.equal(`${entry} needs packages that are not installed`)
        expect(command.split(' ')).to.have.members(inVersion(packages).map((name) => `"${name}"`))
      })
  })

  describe('installed by a Pulumi program', () => {
    const up = async (at: string, main: string) => {
      const runtime = 'runtime: { name: nodejs, options: { typescript: false } }'
      writeFileSync(join(at, 'Pulumi.yaml'), `name: orders\nmain: ${main}\n${runtime}\n`)
      const config = { 'aws:region': 'eu-west-1' }
      return runProgram({ folder: at, stack: 'dev', config, preview: false, create, invoke })
    }

    it('type-checks a program with a scheduler and a topic of its own', async () => {
      expect(await pulumi.check()).to.deep.equal([])
    })

    it('declares everything, with the code that it brings', async () => {
      const { code, registered, log } = await up(pulumi.folder, 'pulumi.ts')
      expect(code, log).to.equal(0)
      const functions = registered.filter(({ type }) => type === 'aws:lambda/function:Function')
      expect(functions).to.have.length(FUNCTIONS.length)
      for (const { inputs } of functions) expect(JSON.stringify(inputs.code)).to.contain('/dist/functions/')
      expect(registered.map(({ name }) => name)).to.include.members(['orders', 'orders-due', 'orders-due-topic'])
    })

    it('is there for a program that is CommonJS', async () => {
      const commonJs = join(pulumi.folder, 'commonjs')
      mkdirSync(commonJs)
      writeFileSync(join(commonJs, 'package.json'), '{}')
      cpSync(join(pulumi.folder, 'pulumi.cjs'), join(commonJs, 'pulumi.cjs'))
      const { code, registered, log } = await up(commonJs, 'pulumi.cjs')
      expect(code, log).to.equal(0)
      expect(registered.map(({ name }) => name)).to.include.members(['orders', 'orders-due'])
    })
  })

  describe('installed for a stack on this machine', () => {
    it('type-checks a program that starts one, and delivers its event', async () => {
      expect(await local.check()).to.deep.equal([])
      expect(await local.run('local.ts')).to.equal('hello not early\nstopped\n')
    })

    it('starts one by its command, and stops it', async () => {
      const command = join(local.folder, 'node_modules', '.bin', 'aws-scheduler')
      const stack = await startProcess(join(folder, 'data'), 0, [command, 'dev'])
      expect(await stack.interrupt()).to.equal(0)
    })
  })
})
