import { expect } from 'chai'
import { allows } from '../support/iam.ts'
import { ACCOUNT, type AwsRegion, configOf, type Recording, recordStack } from '../support/program-recorder.ts'

const PARTITIONS: AwsRegion[] = [
  { region: 'cn-north-1', partition: 'aws-cn', dnsSuffix: 'amazonaws.com.cn' },
  { region: 'us-gov-west-1', partition: 'aws-us-gov', dnsSuffix: 'amazonaws.com' },
]

for (const at of PARTITIONS)
  describe(`a stack in ${at.region}`, () => {
    let stack: Recording
    before(async () => {
      stack = await recordStack(configOf({ alarmEmail: 'me@example.com' }), at)
    })
    const everything = () => JSON.stringify(stack.resources.map(({ inputs }) => ({ ...inputs, code: undefined })))

    it(`names nothing of another partition than ${at.partition}`, () => {
      const partitions = [...everything().matchAll(/arn:(aws[a-z-]*):/g)].map(([, partition]) => partition)
      expect(partitions).to.have.length.above(50)
      expect(new Set(partitions)).to.deep.equal(new Set([at.partition]))
    })

    it('names services by their addresses in this partition, and principals as everywhere', () => {
      const named = [...everything().matchAll(/([a-z.0-9-]+)\.amazonaws\.com(\.cn)?/g)].map(([text]) => text)
      expect(new Set(named)).to.deep.equal(
        new Set([
          `sns.${at.region}.${at.dnsSuffix}`,
          ...['sns', 'cloudwatch', 'lambda', 'states', 'scheduler', 'events'].map((name) => `${name}.amazonaws.com`),
        ]),
      )
    })

    it('lets who may publish use the key', async () => {
      const key = stack.one('Key', 'dev-key')
      const principal = `arn:${at.partition}:iam::${ACCOUNT}:user/anna`
      const use = (viaService: string) =>
        allows(
          {
            principal,
            action: 'kms:GenerateDataKey',
            resource: key.arn,
            context: { 'kms:ViaService': viaService, 'kms:CallerAccount': ACCOUNT },
          },
          { ofResource: key.inputs.policy },
        )
      expect(await use(`sns.${at.region}.${at.dnsSuffix}`)).to.equal(true)
      expect(await use(`sqs.${at.region}.${at.dnsSuffix}`)).to.equal(false)
    })
  })
