/** A scheduler, and where its parts are that a client has to do with. */
export interface Stack {
  /** Ends the names of its parts. */
  name: string
  region: string
  /** 12 digits. */
  accountId: string
  /** ARN of the topic that takes messages. */
  inputTopicArn: string
  /** ARN of a target that is ready to use. */
  outputTopicArn: string
  /** ARN of the topic that is told when something is wrong with an event that names none. */
  failureTopicArn: string
  /** Name of the table that holds the events. */
  tableName: string
  /** What the ARN of a runner begins with, the execution that delivers a slot; its name follows. */
  runnerArnPrefix: string
  /** What the ARN of a queue begins with that `tail` makes. */
  tailQueueArnPrefix: string
}
