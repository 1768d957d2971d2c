import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { clientOptionsOf, filterOf, whenOf } from '../../cli/flags.ts'
import { SchedulerError } from '../../core/errors.ts'
import { temporaryFolder } from '../support/local-process.ts'

const NOW_MS = Date.parse('2026-11-23T12:34:56.789Z')

describe('the flags that name a scheduler', () => {
  const connection = { region: undefined, profile: undefined }

  it('are one of three', () => {
    expect(clientOptionsOf({ stack: 'prod', region: 'eu-west-1' }, {})).to.deep.equal({
      stack: 'prod',
      region: 'eu-west-1',
      profile: undefined,
    })
    expect(clientOptionsOf({ local: true }, {})).to.deep.equal({ local: true, ...connection })
    const file = join(temporaryFolder(), 'outputs.json')
    writeFileSync(file, '{"inputTopicArn":"arn"}')
    expect(clientOptionsOf({ outputs: file }, {})).to.deep.equal({ outputs: { inputTopicArn: 'arn' }, ...connection })
  })

  it('are not needed where AWS_ENDPOINT_URL points to this machine, and only there', () => {
    const at = (AWS_ENDPOINT_URL: string) => () => clientOptionsOf({}, { AWS_ENDPOINT_URL })
    for (const here of ['http://127.0.0.1:4566', 'http://localhost:1', 'http://[::1]:1'])
      expect(at(here)()).to.deep.equal({ local: true, ...connection })
    expect(at('http://localstack:4566')).to.throw(SchedulerError, 'Nothing says which scheduler')
  })

  it('are refused where there are several, or none, or the file of outputs is none', () => {
    expect(() => clientOptionsOf({ stack: 'a', local: true }, {})).to.throw(SchedulerError, '--stack and --local')
    expect(() => clientOptionsOf({}, {})).to.throw(SchedulerError, 'give --stack NAME')
    expect(() => clientOptionsOf({ outputs: '/nowhere' }, {})).to.throw(SchedulerError, 'cannot be read (ENOENT)')
    const file = join(temporaryFolder(), 'outputs.json')
    writeFileSync(file, '[]')
    expect(() => clientOptionsOf({ outputs: file }, {})).to.throw(SchedulerError, 'is no JSON object')
  })
})

describe('a date on the command line', () => {
  it('counts from now after in: and ago:, and is the text itself otherwise', () => {
    expect(whenOf('in:10m', NOW_MS)).to.deep.equal({ in: '10m' })
    expect(whenOf('ago:1h', NOW_MS)).to.equal(NOW_MS - 3_600_000)
    expect(whenOf('2027-03-28T02:30[Europe/Berlin]', NOW_MS)).to.equal('2027-03-28T02:30[Europe/Berlin]')
  })

  it('is refused with a duration that is none', () => {
    expect(() => whenOf('ago:soon', NOW_MS)).to.throw(SchedulerError, '"soon" is not a duration')
  })

  it('may be part of a filter', () => {
    expect(filterOf({ from: 'ago:1s', status: ['failed'], user: 'me' }, NOW_MS)).to.deep.include({
      from: NOW_MS - 1_000,
      to: undefined,
      status: ['failed'],
      user: 'me',
    })
  })
})
