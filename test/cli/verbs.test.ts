import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import type { BulkOptions } from '../../client/bulk.ts'
import type { Client } from '../../client/client.ts'
import { SchedulerError } from '../../core/errors.ts'
import type { EventFacts } from '../../status/facts.ts'
import { CLI_NOW_MS, runCli } from '../support/cli.ts'
import { temporaryFolder } from '../support/local-process.ts'

const facts = (id: string, more: Partial<EventFacts> = {}): EventFacts & { cursor: string } => ({
  id,
  dueAtMs: CLI_NOW_MS + 60_000,
  status: 'pending',
  slot: '2026-11-23T12-35Z-00',
  key: 'k',
  attempts: [],
  cursor: 'c',
  ...more,
})
const list = (...events: EventFacts[]) =>
  async function* () {
    yield* events
  } as unknown as Client['list']

describe('aws-scheduler', () => {
  it('says what it can do, and what a verb takes, with an example each', async () => {
    const { out, code } = await runCli(['--help'])
    const verbs = [
      'dev',
      'schedule',
      'cancel',
      'reschedule',
      'get',
      'list',
      'next',
      'tail',
      'redrive',
      'stats',
      'ledger',
    ]
    for (const verb of verbs) expect(out).to.match(new RegExp(`^ {2}${verb} `, 'm'))
    expect(code).to.equal(0)
    for (const verb of verbs.slice(1))
      expect((await runCli([verb, '--help'])).out, verb).to.match(new RegExp(`^ {2}aws-scheduler ${verb} .*--`, 'm'))
  })

  it('says in a sentence what was wrong with the call', async () => {
    expect((await runCli(['lst'])).err).to.contain('did you mean `list`')
    expect((await runCli(['list', '--form', 'x'])).err).to.contain('--from')
    const { err, code } = await runCli(['get'], { client: {} })
    expect(err).to.equal('Nothing says which event: give its id, or --from and --to for all that match.\n')
    expect(code).to.equal(2)
  })

  it('shows where it happened only of what is nobody’s mistake', async () => {
    const failing = (fault: Error) => ({ client: { get: () => Promise.reject(fault) } })
    const known = await runCli(['get', 'a'], failing(new SchedulerError('TABLE_NOT_FOUND', 'There is no table.')))
    expect(known).to.deep.include({ err: 'There is no table.\n', code: 2 })
    const unknown = await runCli(['get', 'a'], failing(new Error('oh')))
    expect(unknown.err).to.contain('verbs.test.ts')
  })
})

describe('aws-scheduler get', () => {
  it('tells what became of an event, in lines or as JSON', async () => {
    const delivered = { status: 'delivered', deliveredAtMs: CLI_NOW_MS + 60_007, lateMs: 7, size: 5 } as const
    const client = { get: async () => facts('a', delivered) }
    const { out, code } = await runCli(['get', 'a'], { client })
    expect(out).to.match(
      /^id +a\nstatus +delivered\ndue +2026-11-23T12:35:00\.000Z\ndelivered +2026-11-23T12:35:00\.007Z\nlate +7 ms\n/,
    )
    expect(code).to.equal(0)
    const json = JSON.parse((await runCli(['get', 'a', '--output', 'json'], { client })).out)
    expect(json).to.include({ id: 'a', lateMs: 7 })
  })

  it('names every try that failed', async () => {
    const attempts = [{ attempt: 1, atMs: CLI_NOW_MS, code: 'TARGET_UNAVAILABLE', error: 'slow down' }] as const
    const client = { get: async () => facts('a', { status: 'retrying', attempts: [...attempts] }) }
    const { out } = await runCli(['get', 'a'], { client })
    expect(out).to.contain('attempt 1  2026-11-23T12:34:00.000Z  TARGET_UNAVAILABLE  slow down')
  })

  it('ends with 1 for one that nobody has scheduled', async () => {
    const client = { get: async () => facts('a', { status: 'unknown' }) }
    expect((await runCli(['get', 'a', '--date', 'in:5m'], { client })).code).to.equal(1)
  })
})

describe('aws-scheduler list', () => {
  it('prints a table, a JSON array or a line of JSON for each, and says where there is none', async () => {
    const client = {
      list: list(facts('a'), facts('b', { status: 'failed', code: 'TARGET_NOT_FOUND', reason: 'gone' })),
    }
    const { out } = await runCli(['list', '--time', 'relative'], { client })
    expect(out).to.match(
      /^DUE +ID +STATUS +LATE +USER +TARGET +WHY\nin 1m +a +pending\nin 1m +b +failed +TARGET_NOT_FOUND: gone\n$/,
    )
    expect(JSON.parse((await runCli(['list', '--output', 'json'], { client })).out)).to.have.length(2)
    const lines = (await runCli(['list', '--output', 'jsonl'], { client })).out.trim().split('\n')
    expect(lines.map((line) => JSON.parse(line).id)).to.deep.equal(['a', 'b'])
    const none = { client: { list: list() } }
    expect(await runCli(['list'], none)).to.deep.include({ out: '', code: 0 })
    expect((await runCli(['list'], none)).err).to.contain('No event matches. A first one: aws-scheduler schedule')
    expect((await runCli(['list', '--output', 'json'], none)).out).to.equal('[]\n')
  })

  it('hands its flags on as a filter', async () => {
    const filters: unknown[] = []
    const client = {
      list: ((filter: unknown) => {
        filters.push(filter)
        return list()()
      }) as Client['list'],
    }
    const flags = [
      '--status',
      'failed,expired',
      '--from',
      'ago:1h',
      '--id-prefix',
      'o-',
      '--limit',
      '5',
      '--cursor',
      'c',
    ]
    await runCli(['list', ...flags], { client })
    expect(filters[0]).to.deep.include({
      status: ['failed', 'expired'],
      from: CLI_NOW_MS - 3_600_000,
      idPrefix: 'o-',
      limit: 5,
      cursor: 'c',
    })
  })

  it('harms no terminal, whatever an event holds', async () => {
    const client = { list: list(facts('a', { user: '\u001b[31m\u202e\nx' })) }
    for (const output of ['text', 'json', 'jsonl'])
      for (const harmful of ['\u001b', '\u202e'])
        expect((await runCli(['list', '--output', output], { client })).out).to.not.contain(harmful)
  })
})

describe('aws-scheduler next', () => {
  it('tells of so many that are due next', async () => {
    const counts: number[] = []
    const client = {
      next: async (count: number) => {
        counts.push(count)
        return [facts('a')]
      },
    }
    expect((await runCli(['next', '5'], { client })).out).to.contain('a   pending')
    await runCli(['next'], { client })
    expect(counts).to.deep.equal([5, 20])
  })
})

describe('aws-scheduler schedule', () => {
  const scheduled: unknown[] = []
  const client: Partial<Client> = {
    schedule: async (event) => {
      scheduled.push(event)
      return { id: 'new', date: 'd', dueAtMs: CLI_NOW_MS, messageId: 'm' }
    },
    stack: async () => ({ outputTopicArn: 'output' }) as Awaited<ReturnType<Client['stack']>>,
    async scheduleBatch(events, { onResult } = {}) {
      let index = 0
      for await (const item of events) {
        const { payload } = item
        const error = new SchedulerError('PAYLOAD_INVALID', 'payload is empty.')
        const receipt = { id: 'i', date: 'd', dueAtMs: 0, messageId: 'm' }
        await onResult?.(
          payload ? { ok: true, index: index++, item, receipt } : { ok: false, index: index++, item, error },
        )
      }
      return { scheduled: 0, refused: 0, results: [] }
    },
  }

  it('sends to the output topic, in the name of whoever is logged in, where nothing else is said', async () => {
    const { out } = await runCli(['schedule', '--date', 'in:10s', '--payload', 'hello'], { client })
    expect(scheduled.at(-1)).to.deep.include({
      date: { in: '10s' },
      payload: 'hello',
      target: 'output',
      user: 'aws-scheduler',
    })
    expect(out).to.match(/^id +new\n/)
  })

  it('wants to know when, and what', async () => {
    const { err, code } = await runCli(['schedule', '--date', 'in:10s'], { client })
    expect(err).to.equal('--payload not given: say when and what is to be delivered, or give --file for many events.\n')
    expect(code).to.equal(2)
  })

  it('takes any number of lines, and tells of each that was refused by its number', async () => {
    const lines = ['{"payload":"a"}', '', 'nope', '{"payload":""}', '[]', '{"payload":"b"}'].join('\n')
    const said = await runCli(['schedule', '--file', '-'], { client, stdin: [lines.slice(0, 9), lines.slice(9)] })
    expect(said.out).to.equal('2 scheduled, 3 refused\n')
    expect(said.err).to.match(
      /^line 3: MESSAGE_NOT_JSON The line is not JSON: .+\nline 4: PAYLOAD_INVALID payload is empty\.\nline 5: MESSAGE_INVALID .+\n$/,
    )
    expect(said.code).to.equal(1)
  })

  it('reads a file, with a line end of either kind, and says if it cannot', async () => {
    const file = join(temporaryFolder(), 'events.jsonl')
    writeFileSync(file, '{"payload":"a"}\r\n{"payload":"b"}\r\n')
    expect(await runCli(['schedule', '--file', file], { client })).to.include({
      out: '2 scheduled, 0 refused\n',
      code: 0,
    })
    const json = await runCli(['schedule', '--file', file, '--output', 'json'], { client })
    expect(JSON.parse(json.out)).to.deep.equal({ scheduled: 2, refused: 0 })
    const { err, code } = await runCli(['schedule', '--file', '/nowhere'], { client })
    expect(err).to.contain('--file /nowhere cannot be read (ENOENT)')
    expect(code).to.equal(2)
  })
})

describe('a verb that changes many events', () => {
  const client = (runs: BulkOptions[]): Partial<Client> => ({
    cancelAll: async (_, options = {}) => {
      runs.push(options)
      const sent = options.dryRun ? 0 : 3
      await options.onProgress?.({ matched: 3, sent, refused: 0, resume: undefined })
      return { matched: 3, sent, refused: 0, resume: undefined, refusals: [] }
    },
  })
  const args = ['cancel', '--from', 'in:0s', '--to', 'in:1d']

  it('counts them first and asks', async () => {
    const runs: BulkOptions[] = []
    const said = await runCli(args, { client: client(runs), answer: 'y\n' })
    expect(said.err).to.contain('Cancel 3 events? [y/N] ')
    expect(said.out).to.equal('3 matched, 3 sent, 0 refused\n')
    expect(runs.map(({ dryRun }) => dryRun)).to.deep.equal([true, undefined])
  })

  for (const answer of ['n\n', '\n', 'yesterday\n', ''])
    it(`changes nothing when the answer is ${JSON.stringify(answer)}`, async () => {
      const runs: BulkOptions[] = []
      const said = await runCli(args, { client: client(runs), answer })
      expect(said.err).to.contain('Nothing was changed.')
      expect(runs).to.have.length(1)
    })

  it('does not ask with --yes, and does nothing without it where nobody could answer', async () => {
    const runs: BulkOptions[] = []
    expect((await runCli([...args, '--yes'], { client: client(runs) })).out).to.contain('3 sent')
    const { err, code } = await runCli(args, { client: client(runs) })
    expect(err).to.equal('Cancel 3 events? Nobody is there to answer: give --yes to do it.\n')
    expect(code).to.equal(2)
    expect(runs).to.have.length(3)
  })

  it('only counts with --dry-run', async () => {
    const runs: BulkOptions[] = []
    expect((await runCli([...args, '--dry-run'], { client: client(runs) })).out).to.equal(
      '3 matched, 0 sent, 0 refused\n',
    )
    expect(runs).to.have.length(1)
  })

  it('wants the span to be said', async () => {
    const { err, code } = await runCli(['cancel', '--user', 'me'], { client: client([]) })
    expect(err).to.equal('--from is missing: say of which events, by when they are due.\n')
    expect(code).to.equal(2)
  })

  it('says what was refused, and from where to go on', async () => {
    const error = new SchedulerError('TABLE_UNAVAILABLE', 'no time')
    const report = {
      matched: 3,
      sent: 1,
      refused: 1,
      resume: '000000000000001#a',
      refusals: [{ event: facts('b'), error }],
    }
    const redriveAll: Client['redriveAll'] = async () => report
    const said = await runCli(['redrive', '--from', 'ago:1h', '--to', 'in:0s', '--yes'], { client: { redriveAll } })
    expect(said.err).to.equal("b: TABLE_UNAVAILABLE no time\nCut off; go on with --resume '000000000000001#a'\n")
    expect(said.code).to.equal(1)
  })

  it('wants to know where events go that are rescheduled, one way', async () => {
    const span = ['reschedule', '--from', 'in:0s', '--to', 'in:1d']
    for (const flags of [[], ['--by', '1h', '--new-date', 'in:1d']])
      expect((await runCli([...span, ...flags], { client: {} })).err).to.contain('Say where they go')
  })
})

describe('aws-scheduler cancel, reschedule and redrive of one event', () => {
  it('name it by its id, or with its date', async () => {
    const asked: unknown[] = []
    const take = async (event: unknown) => {
      asked.push(event)
      return { id: 'a', date: 'd', dueAtMs: CLI_NOW_MS, messageId: 'm' }
    }
    const client = { cancel: take, reschedule: take, redrive: take } as Partial<Client>
    await runCli(['cancel', 'a'], { client })
    await runCli(['redrive', 'a', '--date', '2026-11-23'], { client })
    await runCli(['reschedule', 'a', '--new-date', 'in:2h', '--payload', 'p'], { client })
    expect(asked).to.deep.equal([
      { id: 'a', date: undefined },
      { id: 'a', date: '2026-11-23' },
      { id: 'a', date: undefined, new_date: { in: '2h' }, payload: 'p' },
    ])
    const { err } = await runCli(['reschedule', 'a'], { client })
    expect(err).to.equal('--new-date is missing: say when it is due instead.\n')
  })
})

describe('aws-scheduler tail', () => {
  it('prints a line for each delivery and each notice', async () => {
    const client: Partial<Client> = {
      async *tail({ onReady } = {}) {
        await onReady?.()
        const at = { topicArn: 't', takenAtMs: CLI_NOW_MS }
        const more = { dueAtMs: CLI_NOW_MS - 2, attempt: 2, traceparent: undefined, latenessMs: 2 }
        yield { kind: 'delivery', id: 'a', payload: 'hello\u001b', ...more, ...at }
        yield { kind: 'notice', id: undefined, code: 'DATE_INVALID', error: 'no date', event: '', ...at }
      },
    }
    const { out, err } = await runCli(['tail'], { client })
    expect(err).to.equal('Listening. Ctrl-C ends it.\n')
    expect(out).to.equal(
      '2026-11-23T12:34:00.000Z  a  2 ms late  attempt 2  "hello\\u001b"\n2026-11-23T12:34:00.000Z  -  DATE_INVALID  no date\n',
    )
  })
})

describe('aws-scheduler stats', () => {
  it('tells slot by slot what waits and what became of it, and ends with 1 if something is overdue', async () => {
    const client: Partial<Client> = {
      async *stats() {
        yield { slot: 's', minuteMs: CLI_NOW_MS, events: 3, settled: false, overdue: ['x'] }
      },
    }
    const { out, code } = await runCli(['stats'], { client })
    expect(out).to.match(/^MINUTE .*\n2026-11-23T12:34:00\.000Z +s +3 +to come +1\n$/)
    expect(code).to.equal(1)
  })
})
