import * as aws from '@pulumi/aws'
import * as pulumi from '@pulumi/pulumi'
import type { Names } from './names.ts'
import type { Statement } from './privilege.ts'

type Verb = 'BatchGetItem' | 'BatchWriteItem' | 'DescribeTable' | 'GetItem' | 'PutItem' | 'Query' | 'UpdateItem'

/** The one table: events, outcomes and runners by slot (see aws/events-table for its items). */
export class EventsTable extends pulumi.ComponentResource {
  readonly name: pulumi.Output<string>
  readonly arn: pulumi.Output<string>

  constructor(names: Names, opts?: pulumi.ComponentResourceOptions) {
    super('aws-scheduler:index:EventsTable', `${names.stack}-events`, {}, opts)
    const table = new aws.dynamodb.Table(
      `${names.stack}-events-table`,
      {
        name: names.nameOf('events'),
        billingMode: 'PAY_PER_REQUEST',
        hashKey: 'pk',
        rangeKey: 'sk',
        attributes: [
          { name: 'pk', type: 'S' },
          { name: 'sk', type: 'S' },
        ],
        ttl: { attributeName: 'expiresAt', enabled: true },
        pointInTimeRecovery: { enabled: names.settings.pointInTimeRecovery },
        serverSideEncryption: { enabled: true },
        deletionProtectionEnabled: names.settings.protect,
      },
      { parent: this },
    )
    this.name = table.name
    this.arn = table.arn
    this.registerOutputs({ name: this.name, arn: this.arn })
  }

  /** The privilege to call these, on this table. */
  can(...verbs: Verb[]): Statement {
    return { actions: verbs.map((verb) => `dynamodb:${verb}`), resources: [this.arn] }
  }
}
