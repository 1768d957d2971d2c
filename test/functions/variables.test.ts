import { expect } from 'chai'
import { SchedulerError } from '../../core/errors.ts'
import { variables } from '../../functions/variables.ts'

describe('the variables of a function', () => {
  const before = { ...process.env }
  afterEach(() => {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name]
  })
  const reading = (name: Parameters<typeof variables>[0], value: string | undefined) => {
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
    return () => variables(name)[name]
  }

  it('are read as what they are', () => {
    expect(reading('SHARDS', '4')()).to.equal(4)
    expect(reading('ENFORCE_USER', 'false')()).to.equal(false)
    expect(reading('ENFORCE_USER', 'true')()).to.equal(true)
    expect(reading('ALLOWED_TARGETS', '["arn:*"]')()).to.deep.equal(['arn:*'])
  })

  it('may be the least and the most that they can be', () => {
    expect([reading('SHARDS', '1')(), reading('SHARDS', '64')()]).to.deep.equal([1, 64])
    expect([reading('RETENTION_DAYS', '2')(), reading('MAX_ATTEMPTS', '1')()]).to.deep.equal([2, 1])
    expect(reading('EVENTS_TABLE', 't')()).to.equal('t')
    for (const name of ['DELIVER_SLOT_ARN', 'DELIVER_NOW_ARN', 'FAILURE_TOPIC_ARN'] as const)
      expect(reading(name, 'arn:a')()).to.equal('arn:a')
  })

  for (const [name, value] of [
    ['EVENTS_TABLE', undefined],
    ['EVENTS_TABLE', ''],
    ['DELIVER_SLOT_ARN', 'scheduler'],
    ['DELIVER_NOW_ARN', 'scheduler'],
    ['FAILURE_TOPIC_ARN', 'a-topic'],
    ['RETENTION_DAYS', '2.5'],
    ['MAX_ATTEMPTS', '1.5'],
    ['SHARDS', '0'],
    ['SHARDS', '65'],
    ['SHARDS', '1.5'],
    ['RETENTION_DAYS', '1'],
    ['MAX_ATTEMPTS', '0'],
    ['ENFORCE_USER', 'yes'],
    ['ALLOWED_TARGETS', '"arn:*"'],
  ] as const)
    it(`do not take ${value === undefined ? 'nothing' : `"${value}"`} for ${name}, and say which one is wrong`, () => {
      expect(reading(name, value))
        .to.throw(SchedulerError, /^The function's variables are wrong: /)
        .with.property('message')
        .that.contains(name)
      expect(reading(name, value)).to.throw(SchedulerError).with.property('code', 'VARIABLES_INVALID')
    })

  it('do not take what is no JSON for ALLOWED_TARGETS', () => {
    expect(reading('ALLOWED_TARGETS', 'arn:*')).to.throw(SchedulerError).with.property('code', 'VARIABLES_INVALID')
  })

  it('ask for no variable that is not named', () => {
    delete process.env.EVENTS_TABLE
    process.env.SHARDS = '1'
    expect(variables('SHARDS')).to.deep.equal({ SHARDS: 1 })
  })
})
