import * as aws from '@pulumi/aws'
import { expect } from 'chai'
import { checkedName } from '../../infra/names.ts'
import { IRELAND, type Recording, record } from '../support/program-recorder.ts'

/** Most characters that AWS allows in a name. Sources: the quotas of IAM, Lambda, Step Functions, EventBridge, … */
const LIMITS: Record<string, number> = {
  Role: 64,
  Function: 64,
  StateMachine: 80,
  EventRule: 64,
  Schedule: 64,
  Queue: 80,
  Topic: 256,
  Table: 255,
  MetricAlarm: 255,
  LogGroup: 512,
}

const LONGEST = 'a'.repeat(24)
const regions: string[] = Object.values(aws.Region)

describe('the names of a scheduler with the longest name', () => {
  let stack: Recording
  before(async () => {
    const { Scheduler } = await import('../../infra/scheduler.ts')
    const alarmEmail = 'me@example.com'
    stack = await record(async () => ({ arn: new Scheduler(LONGEST, { alarmEmail }).outputs.inputTopicArn }))
  })

  /** Each name with its type, as it would be in `region`. */
  const namesIn = (region: string) =>
    stack.resources
      .filter(({ type, inputs }) => type.startsWith('aws:') && typeof inputs.name === 'string')
      .map(({ type, inputs }) => ({
        type: type.split(':').at(-1) as string,
        name: inputs.name.replace(IRELAND.region, region) as string,
      }))

  it('are of types whose limit is known', () => {
    const types = new Set(namesIn(IRELAND.region).map(({ type }) => type))
    expect([...types]).to.have.members(Object.keys(LIMITS))
  })

  it('are known for every Region, the longest included', () => {
    expect(regions).to.include.members(['ap-northeast-1', 'us-isof-south-1', 'cn-northwest-1', 'us-gov-west-1'])
  })

  for (const region of regions)
    it(`stay within what AWS allows (${region})`, () => {
      for (const { type, name } of namesIn(region)) expect(name.length, name).to.be.at.most(LIMITS[type] as number)
    })

  it('are not taken by the same scheduler in another Region, where they are global', () => {
    const roles = regions.flatMap((region) => namesIn(region).filter(({ type }) => type === 'Role'))
    expect(new Set(roles.map(({ name }) => name))).to.have.property('size', roles.length)
    expect(roles).to.have.length(8 * regions.length)
  })

  it('end with the name of the scheduler, and of the Region where they are global', () => {
    for (const { type, name } of namesIn('ap-northeast-1'))
      expect(name, type).to.match(new RegExp(`${LONGEST}${type === 'Role' ? '-ap-northeast-1' : '(-dlq)?'}$`))
  })
})

describe('the name of a scheduler', () => {
  it('has 1 to 24 characters', () => {
    for (const name of ['a', LONGEST]) expect(checkedName(name)).to.equal(name)
    for (const name of ['', `${LONGEST}a`])
      expect(() => checkedName(name)).to.throw(`cannot be named "${name}"; allowed: 1 to 24 letters, digits, - and _`)
  })

  it('is made of what every part of it may be named by', () => {
    expect(checkedName('Prod_2-eu')).to.equal('Prod_2-eu')
    for (const name of ['a.b', 'a b', 'ä', 'a/b']) expect(() => checkedName(name)).to.throw('cannot be named')
  })
})
