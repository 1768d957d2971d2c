import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { hasBoto3 } from '../support/example.ts'
import { type LocalProcess, startProcess, temporaryFolder } from '../support/local-process.ts'

/** The AWS CLI of Debian: an old one, so that what works with it works with any. */
const CLI = '/usr/bin/aws'
const hasCli = () => spawnSync(CLI, ['--version']).status === 0

/** What a page tells its reader to run against the local stack: the blocks marked `local`, in their order. */
function scriptOf(page: string, endpoint: string): string {
  const text = readFileSync(join(import.meta.dirname, '../..', page), 'utf8')
  const blocks = [...text.matchAll(/```(sh|python) local\n([\s\S]*?)```/g)]
  const commands = blocks.map(([, language, body = '']) =>
    language === 'sh' ? body : `/usr/bin/python3 - <<'PYTHON'\n${body}PYTHON\n`,
  )
  return ['set -euo pipefail', ...commands].join('\n').replaceAll('http://127.0.0.1:4566', endpoint)
}

describe('the commands in the pages, as they are printed', () => {
  let stack: LocalProcess
  before(async function () {
    if (hasCli() && hasBoto3()) stack = await startProcess(temporaryFolder())
    else {
      console.log('      skipped: no AWS CLI or no boto3 (apt-get install awscli python3-boto3)')
      this.skip()
    }
  })
  after(() => stack?.interrupt())

  /** Runs them as a reader does, in a shell that has nothing of ours but the path to node. */
  const run = (page: string) => {
    const env = { PATH: `/usr/bin:/bin:${join(process.execPath, '..')}`, HOME: temporaryFolder() }
    const { status, stdout, stderr } = spawnSync('bash', ['-c', scriptOf(page, stack.endpoint)], {
      env,
      encoding: 'utf8',
      timeout: 200_000,
    })
    expect(status, stderr).to.equal(0)
    return stdout
  }

  it('schedule an event and receive it: README.md', () => {
    const said = run('README.md')
    expect(said).to.match(/"Body": "hello"/)
    expect(said).to.contain('"event_id"')
  })

  it('receive in Python, and a notice of what was wrong: docs/receiving.md', () => {
    const said = run('docs/receiving.md')
    expect(said).to.match(/^hello from Python \d{4}-/m)
    expect(said).to.contain('DATE_INVALID')
  })
})
