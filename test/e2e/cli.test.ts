import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect } from 'chai'
import { type LocalProcess, startProcess, temporaryFolder } from '../support/local-process.ts'
import { until } from '../support/until.ts'

const MAIN = join(import.meta.dirname, '../../cli/main.ts')
const TARGET = 'arn:aws:sns:us-east-1:000000000000:scheduler-output-local'
const NOWHERE = 'arn:aws:sns:us-east-1:000000000000:nowhere'

describe('the command line on the local stack', () => {
  let stack: LocalProcess
  before(async () => {
    stack = await startProcess(temporaryFolder())
  })
  after(() => stack.interrupt())

  const start = (args: readonly string[], env: Record<string, string> = {}) => {
    const given = { ...process.env, AWS_ENDPOINT_URL: stack.endpoint, ...env }
    return spawn(process.execPath, [MAIN, ...args], { env: given, stdio: ['pipe', 'pipe', 'pipe'] })
  }
  const ended = async (child: ReturnType<typeof start>) => {
    const code = new Promise<number | null>((resolve) => child.once('close', resolve))
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
    return { out, err, code: await code }
  }
  const run = (...args: string[]) => ended(start(args))
  const json = async (...args: string[]) => JSON.parse((await run(...args, '--output', 'json')).out)
  /** What `get` says of an event, once it has come to stand so. */
  const once = (id: string, status: string) =>
    until(
      async () => {
        const facts = JSON.parse((await run('get', id, '--output', 'json', '--payload')).out)
        expect(facts.status, id).to.equal(status)
        return facts
      },
      { tries: 60, everyMs: 200 },
    )

  it('schedules an event, shows it arrive, and tells what became of it', async () => {
    const tail = start(['tail', '--output', 'jsonl'])
    const heard = ended(tail)
    await new Promise((resolve) => tail.stderr.once('data', resolve))
    expect(await json('schedule', '--date', 'in:2s', '--payload', 'hello', '--id', 'first')).to.include({ id: 'first' })
    const facts = await once('first', 'delivered')
    expect(facts).to.include({ payload: 'hello', target: TARGET })
    expect(facts.lateMs).to.be.within(0, 60_000)
    tail.kill('SIGINT')
    const { out, code } = await heard
    expect(code).to.equal(130)
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).to.satisfy((all: { id: string; payload: string }[]) =>
      all.some(({ id, payload }) => id === 'first' && payload === 'hello'),
    )
  })

  it('cancels and moves an event by its id alone', async () => {
    for (const id of ['moved', 'cancelled']) await run('schedule', '--date', 'in:1h', '--payload', 'p', '--id', id)
    await once('moved', 'pending')
    const { dueAtMs } = await json('reschedule', 'moved', '--new-date', 'in:2h')
    await run('cancel', 'cancelled')
    expect(await once('cancelled', 'cancelled')).to.include({ id: 'cancelled' })
    await until(async () => expect((await once('moved', 'pending')).dueAtMs).to.equal(dueAtMs), { tries: 20 })
  })

  it('has a failed event delivered after all', async () => {
    await run('schedule', '--date', 'in:0s', '--payload', 'p', '--id', 'lost', '--target', NOWHERE)
    expect(await once('lost', 'failed')).to.include({ code: 'TARGET_NOT_FOUND' })
    const { out } = await run('list', '--status', 'failed')
    expect(out).to.match(/lost +failed .*nowhere +TARGET_NOT_FOUND/)
    const { out: sent } = await run('redrive', '--from', 'ago:1h', '--to', 'in:1h', '--yes')
    expect(sent).to.equal('1 matched, 1 sent, 0 refused\n')
  })

  it('schedules a file, tells line by line what was refused, lists it and cancels it', async () => {
    const day = Date.now() + 86_400_000
    const events = Array.from({ length: 300 }, (_, i) => ({
      id: `batch-${i}`,
      date: new Date(day + i).toISOString(),
      target: TARGET,
      user: 'batch',
      payload: `${i}`,
    }))
    const file = join(temporaryFolder(), 'events.jsonl')
    writeFileSync(file, [...events.map((event) => JSON.stringify(event)), 'no JSON'].join('\n'))
    const said = await run('schedule', '--file', file)
    expect(said).to.deep.include({ out: '300 scheduled, 1 refused\n', code: 1 })
    expect(said.err).to.match(/^line 301: MESSAGE_NOT_JSON /)
    const span = ['--from', new Date(day - 1).toISOString(), '--to', new Date(day + 1_000).toISOString()]
    await until(async () => (await json('list', ...span)).length === 300, { tries: 50, everyMs: 200 })
    const lines = (await run('list', ...span, '--output', 'jsonl', '--limit', '10')).out.trim().split('\n')
    expect(lines.map((line) => JSON.parse(line).id)).to.deep.equal(events.slice(0, 10).map(({ id }) => id))
    expect((await run('cancel', ...span, '--user', 'batch')).code).to.equal(2)
    expect((await run('cancel', ...span, '--user', 'batch', '--yes')).out).to.equal(
      '300 matched, 300 sent, 0 refused\n',
    )
    await once('batch-299', 'cancelled')
  })

  it('ends quietly when nobody reads on', async () => {
    const child = start(['list', '--output', 'jsonl', '--from', 'ago:1d', '--to', 'in:2d'])
    child.stdout.once('data', () => child.stdout.destroy())
    const code = await new Promise((resolve) => child.once('close', resolve))
    expect(code).to.equal(0)
  })

  it('tells what is due next, minute by minute how it went, and holds each event against the record', async () => {
    expect((await run('next', '1', '--time', 'relative')).out).to.match(/^DUE .*\nin .*pending/)
    expect((await run('stats', '--from', 'ago:10m')).out).to.match(/^MINUTE +SLOT +EVENTS/)
    expect((await run('ledger')).out).to.contain('0 events overdue')
  })

  it('finds the scheduler by its outputs', async () => {
    const file = join(temporaryFolder(), 'outputs.json')
    writeFileSync(file, JSON.stringify({ inputTopicArn: TARGET.replace('output', 'input') }))
    const env = { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' }
    const { out } = await ended(start(['get', 'first', '--outputs', file, '--output', 'json'], env))
    expect(JSON.parse(out)).to.include({ id: 'first', status: 'delivered' })
  })

  it('says what is wrong in a sentence, and ends with 2', async () => {
    for (const [args, sentence] of [
      [['get', 'nobody'], /^No event is known under id "nobody"/],
      [['schedule', '--date', 'one day', '--payload', 'x'], /^date "one day" is not an ISO 8601 date/],
      [['list', '--from', 'in:1h', '--to', 'in:0s'], /^from .* is after to /],
      [['list', '--stack', 'nowhere'], /^There is no table scheduler-events-nowhere/],
    ] as const) {
      const env = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' }
      const { err, code } = await ended(start(args, env))
      expect(err).to.match(sentence)
      expect(err).to.not.contain('    at ')
      expect(code).to.equal(2)
    }
  })
})
