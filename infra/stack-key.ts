import type * as pulumi from '@pulumi/pulumi'
import type { Site } from './names.ts'
import type { Statement } from './privilege.ts'
import { PUBLISH_KEY_ACTIONS, THIS_KEY, TopicKey, viaSns } from './topic-key.ts'

/** The key of all topics of the stack, usable by those who its settings let publish. */
export function stackKey(site: Site, parent: pulumi.Resource): TopicKey {
  const { alarmEmail, publicInput } = site.settings
  const allow = [...(publicInput ? [anyonePublishesToInput(site)] : []), ...(alarmEmail ? [alarmsPublish(site)] : [])]
  return new TopicKey(site.stack, { place: site, allow }, { parent })
}

function anyonePublishesToInput(site: Site): Statement {
  return {
    sid: 'AnyonePublishesToInput',
    principals: { AWS: ['*'] },
    actions: PUBLISH_KEY_ACTIONS,
    conditions: {
      StringEquals: { ...viaSns(site), 'kms:EncryptionContext:aws:sns:topicArn': site.topicArnOf('input') },
    },
    ...THIS_KEY,
  }
}

function alarmsPublish({ account }: Site): Statement {
  return {
    sid: 'AlarmsPublish',
    principals: { Service: 'cloudwatch.amazonaws.com' },
    actions: PUBLISH_KEY_ACTIONS,
    conditions: { StringEquals: { 'aws:SourceAccount': account } },
    ...THIS_KEY,
  }
}
