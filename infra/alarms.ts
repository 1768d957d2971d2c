import * as aws from '@pulumi/aws'
import * as pulumi from '@pulumi/pulumi'
import type { Names } from './names.ts'
import { policyDocument } from './privilege.ts'

/** A metric, and what of it is alarming. Ten alarms are free, then each is $0.10 a month. */
export interface AlarmDefinition {
  /** What the mail says, in a sentence. */
  description: string
  namespace: string
  metricName: string
  dimensions: Record<string, pulumi.Input<string>>
  statistic: 'Maximum' | 'Sum'
  /** Alarm when the statistic of a minute is above this … */
  above?: number
  /** … or below this; no data is alarming then, too. */
  below?: number
  /** For how many minutes on end. */
  minutes: number
}

export interface AlarmsArgs {
  /** The key of the topic that mails them. */
  keyArn: pulumi.Input<string>
  /** By the name of their alarm. */
  definitions: Record<string, AlarmDefinition>
}

/** The alarms of a scheduler and, if the settings name someone to mail, the topic that mails them. */
export class Alarms extends pulumi.ComponentResource {
  constructor(names: Names, { keyArn, definitions }: AlarmsArgs, opts?: pulumi.ComponentResourceOptions) {
    super('aws-scheduler:index:Alarms', `${names.stack}-alarms`, {}, opts)
    const { alarmEmail } = names.settings
    const actions = alarmEmail ? [this.mail(names, keyArn, alarmEmail)] : []
    for (const [part, definition] of Object.entries(definitions)) this.alarm(names, part, { ...definition, actions })
    this.registerOutputs({})
  }

  private alarm(
    { stack, nameOf }: Names,
    part: string,
    definition: AlarmDefinition & { actions: pulumi.Input<string>[] },
  ) {
    const { above, below, minutes, description, actions, ...metric } = definition
    new aws.cloudwatch.MetricAlarm(
      `${stack}-${part}-alarm`,
      {
        name: nameOf(part),
        alarmDescription: description,
        ...metric,
        period: 60,
        evaluationPeriods: minutes,
        comparisonOperator: below === undefined ? 'GreaterThanThreshold' : 'LessThanThreshold',
        threshold: below ?? above ?? 0,
        treatMissingData: below === undefined ? 'notBreaching' : 'breaching',
        alarmActions: actions,
        okActions: actions,
      },
      { parent: this },
    )
  }

  private mail(names: Names, keyArn: pulumi.Input<string>, alarmEmail: string): pulumi.Output<string> {
    const name = `${names.stack}-alarm`
    const topic = new aws.sns.Topic(
      `${name}-topic`,
      { name: names.nameOf('alarm'), kmsMasterKeyId: keyArn },
      { parent: this },
    )
    const policy = policyDocument([
      {
        sid: 'AlarmsPublish',
        principals: { Service: 'cloudwatch.amazonaws.com' },
        actions: ['sns:Publish'],
        resources: [topic.arn],
        conditions: { StringEquals: { 'aws:SourceAccount': names.accountId } },
      },
    ])
    new aws.sns.TopicPolicy(`${name}-topic-policy`, { arn: topic.arn, policy }, { parent: this })
    new aws.sns.TopicSubscription(
      `${name}-mail`,
      { topic: topic.arn, protocol: 'email', endpoint: alarmEmail },
      { parent: this },
    )
    return topic.arn
  }
}
