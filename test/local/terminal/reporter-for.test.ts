import { PassThrough } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { expect } from 'chai'
import { printer } from '../../../local/terminal/printer.ts'
import type { Reporter } from '../../../local/terminal/reporter.ts'
import { reporterFor } from '../../../local/terminal/reporter-for.ts'

const LOUD = { json: false, quiet: false, terminal: false }
const local = {
  endpoint: 'http://127.0.0.1:4566',
  outputs: { inputTopicArn: 'in', outputTopicArn: 'arn:out', failureTopicArn: 'failure' },
  resumed: 0,
  stop: async () => {},
}
const topicArn = 'arn:out'
const published = { topicArn, body: 'hello', attributes: { event_id: 'a' }, takenAtMs: 0 }
const delivered = { what: 'delivered', id: 'a', lateMs: 3, target: 'arn:out', attempt: 1 }

/** What is printed when the reporter tells of `happenings`. */
function printedBy(style: Partial<typeof LOUD>, happenings: (reporter: Reporter) => void, raw = false): string {
  const stream = new PassThrough()
  const out = printer(stream)
  happenings(reporterFor(out, { ...LOUD, ...style }))
  out.flush()
  const text = String(stream.read() ?? '')
  return raw ? text : stripVTControlCharacters(text)
}

function tellAll(reporter: Reporter): void {
  reporter.starting('opening the stores')
  reporter.ready(local, '/data')
  reporter.published(published)
  reporter.happened(delivered)
  reporter.happened({ what: 'error', function: 'fn', message: 'broken' })
  reporter.demo('schedules')
  reporter.stopping('SIGINT')
  reporter.stopped()
}

describe('what npm start prints', () => {
  it('is the payload of an event beside its delivery', () => {
    const text = printedBy({}, (reporter) => {
      reporter.published(published)
      reporter.happened(delivered)
      reporter.happened(delivered)
    })
    const [first, second] = text.split('\n')
    expect(first).to.contain('a  "hello"  → out')
    expect(second).to.not.contain('hello')
  })

  it('is a line for each step of the start where lines are kept', () => {
    const text = printedBy({}, (reporter) => reporter.starting('opening the stores'))
    expect(text).to.equal('starting: opening the stores\n')
  })

  it('is one line that the steps of the start overwrite on a terminal, and that ends with it', () => {
    const start = (reporter: Reporter) => {
      reporter.starting('one')
      reporter.starting('two')
      reporter.ready(local, '/data')
    }
    const text = printedBy({ terminal: true }, start, true)
    expect(text.startsWith('\r\u001b[2Kstarting: one …\r\u001b[2Kstarting: two …\r\u001b[2K\n')).to.equal(true)
  })

  it('makes room on a terminal for whoever else writes there, once', () => {
    const stream = new PassThrough()
    const out = printer(stream)
    reporterFor(out, { ...LOUD, terminal: true }).starting('one')
    out.clear()
    out.clear()
    expect(String(stream.read())).to.equal('\r\u001b[2Kstarting: one …\r\u001b[2K')
  })

  it('has what a newcomer pastes: both names of the Region, and how to receive', () => {
    const text = printedBy({}, (reporter) => reporter.ready(local, '/data'))
    for (const line of [
      '  export AWS_ENDPOINT_URL=http://127.0.0.1:4566',
      '  export AWS_REGION=us-east-1',
      '  export AWS_DEFAULT_REGION=us-east-1',
      '  aws sqs create-queue --queue-name my-queue',
    ])
      expect(text.split('\n')).to.include(line)
    expect(text).to.contain('aws sns subscribe --topic-arn arn:out').and.contain('aws sqs receive-message')
    expect(text.trimEnd().split('\n').at(-1)).to.equal('ready http://127.0.0.1:4566')
  })

  for (const [resumed, words] of [
    [1, '(1 execution of the last run goes on)'],
    [2, '(2 executions of the last run go on)'],
  ] as const) {
    it(`says ${words}`, () => {
      expect(printedBy({}, (reporter) => reporter.ready({ ...local, resumed }, '/data'))).to.contain(words)
    })
  }

  it('is the ready line and errors when it is to be quiet', () => {
    const lines = printedBy({ quiet: true }, tellAll).trimEnd().split('\n')
    expect(lines).to.have.lengthOf(2)
    expect(lines[0]).to.equal('ready http://127.0.0.1:4566')
    expect(lines[1]).to.contain('fn: broken')
  })

  it('is a line of JSON for each thing when it is to be JSON', () => {
    const lines = printedBy({ json: true }, tellAll)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines.map(({ what }) => what)).to.deep.equal(
      'starting ready published delivered error demo stopping stopped'.split(' '),
    )
    for (const { at } of lines) expect(new Date(at).toISOString()).to.equal(at)
    expect(lines[2]).to.deep.include({ topic: 'arn:out', body: 'hello', attributes: { event_id: 'a' } })
  })

  it('is JSON for the ready line and errors when it is to be both', () => {
    const lines = printedBy({ json: true, quiet: true }, tellAll).trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line).what)).to.deep.equal(['ready', 'error'])
  })

  for (const json of [true, false]) {
    it(`holds nothing from outside that a terminal obeys, ${json ? 'as JSON' : 'as text'}`, () => {
      const body = '\u009b2J\u001b[31mFAKE\u202e'
      const text = printedBy({ json }, (reporter) => {
        reporter.published({ ...published, body })
        reporter.happened(delivered)
      })
      expect(text)
        .to.contain('FAKE')
        .and.to.not.match(/(?!\n)[\p{Cc}\p{Cf}]/u)
    })
  }
})
