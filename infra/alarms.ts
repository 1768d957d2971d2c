import * as aws from '@pulumi/aws'
import * as pulumi from '@pulumi/pulumi'
import type { Site } from './names.ts'
import { policyDocument } from './privilege.ts'

/** A metric, and what of it is alarming. Eight of them: ten are free, then $0.10 a month each. */
export interface Watch {
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

/** The alarms of a scheduler and, if the settings name someone to mail, the topic that mails them. */
export class Alarms extends pulumi.ComponentResource {
  constructor(
    site: Site,
    keyArn: pulumi.Input<string>,
    watches: Record<string, Watch>,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super('aws-scheduler:index:Alarms', `${site.stack}-alarms`, {}, opts)
    const { alarmEmail } = site.settings
    const actions = alarmEmail ? [this.mail(site, keyArn, alarmEmail)] : []
    for (const [part, watch] of Object.entries(watches)) this.alarm(site, part, watch, actions)
    this.registerOutputs({})
  }

  private alarm({ stack, nameOf }: Site, part: string, watch: Watch, actions: pulumi.Input<string>[]) {
    const { above, below, minutes, description, ...metric } = watch
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

  private mail(site: Site, keyArn: pulumi.Input<string>, alarmEmail: string): pulumi.Output<string> {
    const name = `${site.stack}-alarm`
    const topic = new aws.sns.Topic(
      `${name}-topic`,
      { name: site.nameOf('alarm'), kmsMasterKeyId: keyArn },
      { parent: this },
    )
    const policy = policyDocument([
      {
        sid: 'AlarmsPublish',
        principals: { Service: 'cloudwatch.amazonaws.com' },
        actions: ['sns:Publish'],
        resources: [topic.arn],
        conditions: { StringEquals: { 'aws:SourceAccount': site.account } },
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
