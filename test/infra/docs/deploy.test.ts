import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { configOf, type Recording, recordStack } from '../../support/program-recorder.ts'

const DOCS = join(import.meta.dirname, '..', '..', '..', 'docs')
const page = readFileSync(join(DOCS, 'deploy.md'), 'utf8')

const resourcesOf = ({ resources }: Recording) => resources.filter(({ type }) => type.startsWith('aws:')).length

describe('the page about deploying', function () {
  this.timeout(60_000)
  let stack: Recording
  let mailing: Recording
  before(async () => {
    stack = await recordStack()
    mailing = await recordStack(configOf({ alarmEmail: 'me@example.com' }))
  })

  it('says how many resources a stack has', () => {
    expect(page).to.include(
      `creates ${resourcesOf(stack)} AWS resources, five of them Lambda functions and seventeen of`,
    )
    expect([stack.of('Function').length, stack.of('MetricAlarm').length]).to.deep.equal([5, 17])
    expect(page).to.include('with `alarmEmail` there are three more')
    expect(resourcesOf(mailing) - resourcesOf(stack)).to.equal(3)
  })

  it('says what every output tells', () => {
    const table = page.split('\n').filter((line) => line.startsWith('| `'))
    for (const output of Object.keys(stack.outputs))
      expect(
        table.some((line) => line.includes(`\`${output}\``)),
        output,
      ).to.equal(true)
  })

  it('says of every alarm what it means, and of no other', () => {
    const rows =
      page
        .slice(page.indexOf('| alarm |'))
        .split('\n\n')[0]
        ?.match(/^\| `.*$/gm) ?? []
    const told = rows.flatMap((row) => row.split('|')[1]?.match(/[a-z-]+/g) ?? [])
    const names = stack.of('MetricAlarm').map(({ inputs }) => String(inputs.name).replace(/^scheduler-|-dev$/g, ''))
    expect(told).to.have.members(names)
  })

  it('asks for no output that the stack does not have', () => {
    const asked = [...page.matchAll(/pulumi stack output (\w+)/g)].map(([, output]) => output)
    expect(asked).to.have.length.above(3)
    expect(Object.keys(stack.outputs)).to.include.members(asked)
  })

  it('names settings and alarms that there are', () => {
    const configuration = readFileSync(join(DOCS, 'configuration.md'), 'utf8')
    for (const key of ['publicInput', 'allowedTargets', 'alarmEmail', 'protect'])
      expect(configuration).to.include(`## \`${key}\``)
    expect(stack.one('MetricAlarm', 'dev-loader-silent-alarm').inputs.name).to.equal('scheduler-loader-silent-dev')
  })

  it('narrows every ARN of the policy, but those of roles, which are in no Region', () => {
    const [, services = ''] = /arn:aws:\(([a-z|]+)\)/.exec(page) ?? []
    const policy = readFileSync(join(DOCS, 'deploy-policy.json'), 'utf8')
    const used = [...policy.matchAll(/"arn:aws:([a-z]+):/g)].map(([, service]) => service)
    expect(new Set([...services.split('|'), 'iam'])).to.deep.equal(new Set(used))
  })
})
