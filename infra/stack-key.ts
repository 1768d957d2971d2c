import type * as pulumi from '@pulumi/pulumi'
import type { Names } from './names.ts'
import type { Statement } from './privilege.ts'
import { PUBLISH_KEY_ACTIONS, THIS_KEY, TopicKey } from './topic-key.ts'

/** The key of the stack's topics, usable through SNS by whoever of this account may publish, and by its alarms. */
export function stackKey(names: Names, opts: pulumi.ComponentResourceOptions): TopicKey {
  const allow = names.settings.alarmEmail ? [alarmsPublish(names)] : []
  return new TopicKey(names.stack, { account: names, allow }, opts)
}

function alarmsPublish({ accountId }: Names): Statement {
  return {
    sid: 'AlarmsPublish',
    principals: { Service: 'cloudwatch.amazonaws.com' },
    actions: PUBLISH_KEY_ACTIONS,
    conditions: { StringEquals: { 'aws:SourceAccount': accountId } },
    ...THIS_KEY,
  }
}
