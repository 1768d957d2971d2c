import * as pulumi from '@pulumi/pulumi'
import { alarmDefinitions } from './alarm-definitions.ts'
import { Alarms } from './alarms.ts'
import { clientChangePolicy, clientReadPolicy } from './client-policies.ts'
import { deliverNowMachine } from './deliver-now.ts'
import { deliverSlotMachine } from './deliver-slot.ts'
import { emitter } from './emitter.ts'
import { EventsTable } from './events-table.ts'
import { Input } from './input.ts'
import { loader } from './loader.ts'
import { MinuteSchedule } from './minute-schedule.ts'
import { checkedName, namesOf } from './names.ts'
import { planner } from './planner.ts'
import { parseSettings, type SchedulerArgs } from './settings.ts'
import { settler } from './settler.ts'
import { stackKey } from './stack-key.ts'
import { failureTopic, outputTopic } from './stack-topics.ts'
import { StateChangeRule } from './state-change-rule.ts'
import { takeFromInput, validator } from './validator.ts'

/** What a program that creates a scheduler may want to know of it. */
export interface SchedulerOutputs {
  inputTopicArn: pulumi.Output<string>
  /** A target that is ready to use. */
  outputTopicArn: pulumi.Output<string>
  /** Where failure notices go when an event names no failure topic. */
  failureTopicArn: pulumi.Output<string>
  tableName: pulumi.Output<string>
  deliverSlotArn: pulumi.Output<string>
  deliverNowArn: pulumi.Output<string>
  emitterRoleArn: pulumi.Output<string>
  /** Every role that publishes to targets and failure topics: whom a `TargetTopic` of a client lets in. */
  publisherRoleArns: pulumi.Output<string[]>
  /**
   * Policy document, JSON, of what a client's role needs to look: to get, list and count events, and to tail. Make an IAM
   * policy of it.
   */
  clientReadPolicy: pulumi.Output<string>
  /** The same of what it needs to change: to schedule, cancel and reschedule. What looks before it changes needs both. */
  clientChangePolicy: pulumi.Output<string>
  inputQueueUrl: pulumi.Output<string>
  deadLetterQueueUrl: pulumi.Output<string>
  subscriptionDeadLetterQueueUrl: pulumi.Output<string>
  scheduleDeadLetterQueueUrl: pulumi.Output<string>
}

/**
 * A whole scheduler: publish `{date, target, user, payload}` to its input topic, and `payload` appears on
 * `target` at `date`, to the millisecond.
 *
 * Destroying it takes every scheduled event with it. The setting `protect` keeps Pulumi and DynamoDB from destroying
 * what holds events, until it is set to false and deployed.
 *
 * @example
 * A scheduler with four shards, and a queue that gets what is delivered to its output topic:
 *
 * ```ts
 * import * as aws from '@pulumi/aws'
 * import { Scheduler } from 'aws-scheduler/pulumi'
 *
 * const scheduler = new Scheduler('prod', { shards: 4, protect: true })
 * const reminders = new aws.sqs.Queue('reminders')
 * new aws.sns.TopicSubscription('reminders', {
 *   topic: scheduler.outputs.outputTopicArn,
 *   protocol: 'sqs',
 *   endpoint: reminders.arn,
 *   rawMessageDelivery: true,
 * })
 *
 * export const inputTopicArn = scheduler.outputs.inputTopicArn
 * ```
 *
 * The queue must let the topic send to it, as with every subscription: `sqs:SendMessage` for `sns.amazonaws.com`,
 * on the condition that `aws:SourceArn` is the topic.
 */
export class Scheduler extends pulumi.ComponentResource {
  readonly outputs: SchedulerOutputs

  /**
   * @param name ends the names of all parts, usually the stack's name; unique in an account and Region,
   *   1 to 24 letters, digits, `-` and `_`
   * @param args the settings, each optional: docs/configuration.md says what each means
   */
  constructor(name: string, args: SchedulerArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    super('aws-scheduler:index:Scheduler', name, {}, opts)
    const names = namesOf(checkedName(name), parseSettings(args), this)

    // What holds events, on their way or parked; Pulumi refuses to destroy a stack in which anything is protected.
    const kept = { parent: this, protect: names.settings.protect }
    const key = stackKey(names, kept)
    const input = new Input(names, key.arn, kept)
    const table = new EventsTable(names, kept)
    const output = outputTopic(names, key, this)
    const failure = failureTopic(names, key, this)
    const stores = { input, table, output, failure }

    const functions = {
      validator: validator(names, stores, this),
      loader: loader(names, stores, this),
      planner: planner(names, stores, this),
      emitter: emitter(names, stores, this),
      settler: settler(names, stores, this),
    }
    const deliverSlot = deliverSlotMachine(names, functions, this)
    const deliverNow = deliverNowMachine(names, functions, this)

    // Events are let in, and slots opened, only once there is someone to deliver them.
    const once = { parent: this, dependsOn: [deliverSlot, deliverNow] }
    takeFromInput(names, { input, validator: functions.validator }, once)
    const schedule = new MinuteSchedule(names, functions.loader, once)
    new StateChangeRule(names, { deliverSlot, loader: functions.loader }, { parent: this })
    const definitions = alarmDefinitions(names, { input, functions, schedule, deliverSlot, deliverNow })
    new Alarms(names, { keyArn: key.arn, definitions }, { parent: this })

    const forClients = { table, inputTopicArn: input.topicArn, tailedTopicArns: [output.arn, failure.arn] }
    this.outputs = {
      inputTopicArn: input.topicArn,
      outputTopicArn: output.arn,
      failureTopicArn: failure.arn,
      tableName: table.name,
      deliverSlotArn: deliverSlot.arn,
      deliverNowArn: deliverNow.arn,
      emitterRoleArn: functions.emitter.roleArn,
      publisherRoleArns: pulumi.all(['validator', 'emitter', 'settler'].map(names.roleArnOf)),
      clientReadPolicy: clientReadPolicy(names, forClients),
      clientChangePolicy: clientChangePolicy(forClients),
      inputQueueUrl: input.queue.url,
      deadLetterQueueUrl: input.deadLetters.url,
      subscriptionDeadLetterQueueUrl: input.undelivered.url,
      scheduleDeadLetterQueueUrl: schedule.deadLetters.url,
    }
    this.registerOutputs(this.outputs)
  }
}
