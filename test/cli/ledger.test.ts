import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect } from 'chai'
import { type Dynalite, startDynalite } from '../support/dynalite.ts'

const MAIN = join(import.meta.dirname, '../../cli/main.ts')

describe('the ledger on the command line', () => {
  let dynamo: Dynalite
  before(async () => {
    dynamo = await startDynalite()
  })
  after(() => dynamo.stop())

  const run = async (...args: string[]) => {
    const env = { ...process.env, AWS_ENDPOINT_URL: dynamo.endpoint }
    const child = spawn(process.execPath, [MAIN, 'ledger', ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
    const [out, error, code] = await Promise.all([text(child.stdout), text(child.stderr), ended])
    return { out, error, code }
  }

  it('says in a sentence that the table is not there', async () => {
    const { error, code } = await run('--table', 'scheduler-events-nowhere')
    expect(error).to.match(/^There is no table scheduler-events-nowhere in this account and region\. .*\n$/)
    expect(code).to.equal(2)
  })

  it('tells that nothing is overdue where nothing was ever scheduled', async () => {
    const { out, code } = await run('--table', await dynamo.createTable())
    expect(out).to.match(/^0 slots with events from .*, 0 events overdue\n$/)
    expect(code).to.equal(0)
  })

  it('says what was wrong with the call', async () => {
    const { error, code } = await run('--from', 'yesterday')
    expect(error).to.match(/^from "yesterday" is not an ISO 8601 date\./)
    expect(code).to.equal(2)
  })
})
