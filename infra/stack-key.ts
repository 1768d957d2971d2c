import type * as pulumi from '@pulumi/pulumi'
import type { Names } from './names.ts'
import type { Statement } from './privilege.ts'
import { PUBLISH_KEY_ACTIONS, THIS_KEY, TopicKey, viaSns } from './topic-key.ts'

/** The key of all topics of the stack, usable by those who its settings let publish. */
export function stackKey(names: Names, parent: pulumi.Resource): TopicKey {
  const { alarmEmail, publicInput } = names.settings
  const allow = [...(publicInput ? [anyonePublishesToInput(names)] : []), ...(alarmEmail ? [alarmsPublish(names)] : [])]
  return new TopicKey(names.stack, { account: names, allow }, { parent })
}

function anyonePublishesToInput(names: Names): Statement {
  return {
    sid: 'AnyonePublishesToInput',
    principals: { AWS: ['*'] },
    actions: PUBLISH_KEY_ACTIONS,
    conditions: {
      StringEquals: { ...viaSns(names), 'kms:EncryptionContext:aws:sns:topicArn': names.topicArnOf('input') },
    },
    ...THIS_KEY,
  }
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
