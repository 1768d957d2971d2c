import type * as pulumi from '@pulumi/pulumi'
import type { Site } from './names.ts'
import { TargetTopic } from './target-topic.ts'
import type { TopicKey } from './topic-key.ts'

/** A target that is ready to use. The settler publishes to it what is late. */
export function outputTopic(site: Site, key: TopicKey, parent: pulumi.Resource): TargetTopic {
  return stackTopic(site, 'output', ['emitter', 'settler'], key, parent)
}

/** Where failure notices go when an event names no failure topic. The validator publishes to it what it refuses. */
export function failureTopic(site: Site, key: TopicKey, parent: pulumi.Resource): TargetTopic {
  return stackTopic(site, 'failure', ['validator', 'emitter', 'settler'], key, parent)
}

function stackTopic(site: Site, part: string, publishers: string[], key: TopicKey, parent: pulumi.Resource) {
  return new TargetTopic(
    `${site.stack}-${part}`,
    { topicName: site.nameOf(part), publisherRoleArns: publishers.map(site.roleArnOf), keyArn: key.arn },
    { parent },
  )
}
