import { expect } from 'chai'
import { runProgram, UNKNOWN } from '../support/language-host.ts'
import { create, invoke } from '../support/new-resources.ts'

function run(preview: boolean, config: Record<string, string> = {}) {
  return runProgram({
    stack: 'dev',
    config: { 'aws:region': 'eu-west-1', ...config },
    preview,
    // A preview knows what was put in and nothing of what comes out.
    create: (resource) => (preview ? resource.inputs : create(resource)),
    invoke,
  })
}

describe('the program, run by Pulumi itself', function () {
  this.timeout(30_000)

  it('declares everything and exports its outputs', async () => {
    const { code, registered, log } = await run(false)
    expect(code, log).to.equal(0)
    expect(registered).to.have.length.above(70)
    const stack = registered.find(({ type }) => type === 'pulumi:pulumi:Stack')
    expect(stack?.inputs).to.include({
      tableName: 'scheduler-events-dev',
      inputQueueUrl: 'https://sqs/dev-input-queue',
    })
  })

  it('declares the same in a preview, when no ARN is known yet', async () => {
    const { code, registered, log } = await run(true)
    expect(code, log).to.equal(0)
    expect(registered).to.have.length.above(70)
    const privileges = registered.find(({ name }) => name === 'dev-emitter-privileges')
    expect(privileges?.inputs.policy).to.equal(UNKNOWN)
  })

  it('says which setting is wrong, without a stack trace', async () => {
    const { code, log } = await run(false, { 'aws-scheduler:shards': '65', 'aws-scheduler:shard': '1' })
    expect(code).not.to.equal(0)
    expect(log).to.include('aws-scheduler:shards is 65; allowed: a whole number from 1 to 64')
    expect(log).to.include('aws-scheduler:shard is 1, but there is no such key').and.not.include(' at parseSettings')
  })
})
