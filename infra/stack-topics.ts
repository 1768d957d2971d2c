import type * as pulumi from '@pulumi/pulumi'
import type { Names } from './names.ts'
import { TargetTopic } from './target-topic.ts'
import type { TopicKey } from './topic-key.ts'

/** A target that is ready to use. The settler publishes to it what is late. */
export function outputTopic(names: Names, key: TopicKey, parent: pulumi.Resource): TargetTopic {
  return stackTopic(names, { part: 'output', publishers: ['emitter', 'settler'], key }, parent)
}

/** Where failure notices go when an event names no failure topic. The validator publishes to it what it refuses. */
export function failureTopic(names: Names, key: TopicKey, parent: pulumi.Resource): TargetTopic {
  return stackTopic(names, { part: 'failure', publishers: ['validator', 'emitter', 'settler'], key }, parent)
}

interface StackTopic {
  part: string
  /** Functions that publish to it. */
  publishers: string[]
  key: TopicKey
}

function stackTopic(names: Names, { part, publishers, key }: StackTopic, parent: pulumi.Resource) {
  return new TargetTopic(
    `${names.stack}-${part}`,
    { topicName: names.nameOf(part), publisherRoleArns: publishers.map(names.roleArnOf), keyArn: key.arn },
    { parent },
  )
}
