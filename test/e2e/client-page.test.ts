import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { type LocalProcess, startProcess, temporaryFolder } from '../support/local-process.ts'

const ROOT = join(import.meta.dirname, '../..')
const PAGE = readFileSync(join(ROOT, 'docs/client.md'), 'utf8')
const blocksOf = (kind: string) =>
  [...PAGE.matchAll(new RegExp(`\`\`\`${kind}\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, body = '']) => body).join('')

/** What differs from one run to the next: ids, and numbers of more than four digits or of milliseconds. */
const constant = (text: string) =>
  text
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID')
    .replaceAll(/ at \d{4}-\d{2}-\d{2}T[\d:.]+Z/g, ' at DATE')
    .replaceAll(/\d{15}#order-\d+/g, 'RESUME')
    .replaceAll(/\d+ ms late/g, 'N ms late')

describe('docs/client.md', () => {
  let stack: LocalProcess
  before(async () => {
    stack = await startProcess(temporaryFolder())
  })
  after(() => stack.interrupt())

  it('prints what it says, run as it stands there', () => {
    const program = join(temporaryFolder(), 'page.mts')
    writeFileSync(program, blocksOf('ts local'))
    const env = {
      PATH: process.env.PATH,
      AWS_ENDPOINT_URL: stack.endpoint,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    }
    const fromSource = join(ROOT, 'test/support/from-source.ts')
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', fromSource, program], {
      env,
      encoding: 'utf8',
      timeout: 200_000,
    })
    expect(status, stderr).to.equal(0)
    expect(constant(stdout)).to.equal(constant(blocksOf('text')))
  })
})
