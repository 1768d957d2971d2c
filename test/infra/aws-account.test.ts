import * as pulumi from '@pulumi/pulumi'
import { expect } from 'chai'
import { rootsOf } from '../../infra/aws-account.ts'

const resolved = (output: pulumi.Output<unknown>) => new Promise((resolve) => output.apply(resolve))

describe('the accounts that roles belong to', () => {
  it('are named once each, in the partition of their roles', async () => {
    const roles = [
      'arn:aws:iam::123456789012:role/scheduler-emitter-prod-eu-west-1',
      pulumi.output('arn:aws:iam::123456789012:role/path/scheduler-settler-prod-eu-west-1'),
      'arn:aws-cn:iam::999999999999:role/scheduler-emitter-prod-cn-north-1',
    ]
    expect(await resolved(rootsOf(roles))).to.deep.equal([
      'arn:aws:iam::123456789012:root',
      'arn:aws-cn:iam::999999999999:root',
    ])
  })

  it('are none for no roles', async () => {
    expect(await resolved(rootsOf([]))).to.deep.equal([])
  })
})
