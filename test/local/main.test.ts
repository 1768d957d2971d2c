import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect } from 'chai'
import { openDataFolder } from '../../local/data-folder.ts'

const MAIN = join(import.meta.dirname, '../../local/main.ts')

/** Runs the program to its end. */
async function run(args: string[], variables: Record<string, string> = {}) {
  const child: ChildProcess = spawn(process.execPath, [MAIN, ...args], { env: { ...process.env, ...variables } })
  const [out, err, [code]] = await Promise.all([
    text(child.stdout as NodeJS.ReadableStream),
    text(child.stderr as NodeJS.ReadableStream),
    once(child, 'exit'),
  ])
  return { code, out, err }
}

describe('npm start that cannot', function () {
  this.timeout(60_000)
  const folder = mkdtempSync(join(tmpdir(), 'main-'))
  after(() => rmSync(folder, { recursive: true }))

  const refusals: Record<string, [args: string[], sentence: string]> = {
    'a port that is no number': [['--port', 'abc'], '--port is "abc"'],
    'a port that does not exist': [['--port', '70000'], '--port is "70000"'],
    'an option that it does not know': [['--prot'], "Unknown option '--prot'"],
    'an argument too many': [['5000'], "Unexpected argument '5000'"],
    'a file as data folder': [['--port', '0', '--data', MAIN], 'is a file'],
    'a data folder that cannot be': [['--port', '0', '--data', '/proc/data'], '/proc/data cannot be used'],
    'an address of somewhere else': [['--port', '0', '--host', '192.0.2.1', '--data', folder], 'another --host'],
  }
  for (const [what, [args, sentence]] of Object.entries(refusals)) {
    it(`says so in a sentence, with exit code 2, when it is given ${what}`, async () => {
      const { code, err } = await run(args)
      expect(err)
        .to.contain(sentence)
        .and.not.match(/^\s+at /m)
      expect(code).to.equal(2)
    })
  }

  it('says so when another program has the port', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const port = String((other.address() as AddressInfo).port)
    const { code, err } = await run(['--port', port, '--data', join(folder, 'port')])
    other.close()
    expect(err)
      .to.contain(`port ${port} is in use`)
      .and.not.match(/^\s+at /m)
    expect(code).to.equal(2)
  })

  it('says so when another stack has the data folder', async () => {
    const data = join(folder, 'taken')
    const other = openDataFolder(data)
    const { code, err } = await run(['--port', '0', '--data', data])
    other.close()
    expect(err)
      .to.contain(`in use by another local stack (pid ${process.pid})`)
      .and.not.match(/^\s+at /m)
    expect(code).to.equal(2)
  })

  it('says so when its files are damaged', async () => {
    const data = join(folder, 'damaged')
    openDataFolder(data).close()
    writeFileSync(join(data, 'executions.db'), 'x'.repeat(1_000))
    const { code, err } = await run(['--port', '0', '--data', data])
    expect(err)
      .to.contain('executions.db cannot be opened')
      .and.contain('--fresh')
      .and.not.match(/^\s+at /m)
    expect(code).to.equal(2)
  })

  it('takes the options that npm kept, and says how to write them', async () => {
    const variables = { npm_lifecycle_script: 'node local/main.ts', npm_config_host: '192.0.2.1', npm_config_port: '0' }
    const { code, err } = await run(['--data', join(folder, 'npm')], variables)
    expect(err).to.contain('npm kept --port=0 --host=192.0.2.1').and.contain('npm start -- ')
    expect(err).to.contain('Warning: whoever reaches 192.0.2.1')
    expect(code).to.equal(2)
  })

  it('shows its options, with exit code 0, when asked', async () => {
    const { code, out } = await run(['--help'])
    expect(out).to.contain('--port PORT')
    expect(code).to.equal(0)
  })
})
