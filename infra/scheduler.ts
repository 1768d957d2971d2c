import * as pulumi from '@pulumi/pulumi'
import { alarmDefinitions } from './alarm-definitions.ts'
import { Alarms } from './alarms.ts'
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
import { takeFrom, validator } from './validator.ts'

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
  inputQueueUrl: pulumi.Output<string>
  deadLetterQueueUrl: pulumi.Output<string>
  subscriptionDeadLetterQueueUrl: pulumi.Output<string>
  scheduleDeadLetterQueueUrl: pulumi.Output<string>
}

/**
 * A whole scheduler: publish `{date, target, user, payload}` to its input topic, and `payload` appears on
 * `target` at `date`, to the millisecond.
 */
export class Scheduler extends pulumi.ComponentResource {
  readonly outputs: SchedulerOutputs

  /**
   * @param name ends the names of all parts, usually the stack's name; unique in an account and Region,
   *   1 to 28 letters, digits, `-` and `_`
   */
  constructor(name: string, args: SchedulerArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    super('aws-scheduler:index:Scheduler', name, {}, opts)
    const names = namesOf(checkedName(name), parseSettings(args), this)

    const key = stackKey(names, this)
    const input = new Input(names, key.arn, { parent: this })
    const table = new EventsTable(names, { parent: this })
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
    takeFrom(names, input, functions.validator, once)
    const schedule = new MinuteSchedule(names, functions.loader, once)
    new StateChangeRule(names, { deliverSlot, loader: functions.loader }, { parent: this })
    const definitions = alarmDefinitions(names, { input, functions, schedule, deliverSlot })
    new Alarms(names, { keyArn: key.arn, definitions }, { parent: this })

    this.outputs = {
      inputTopicArn: input.topicArn,
      outputTopicArn: output.arn,
      failureTopicArn: failure.arn,
      tableName: table.name,
      deliverSlotArn: deliverSlot.arn,
      deliverNowArn: deliverNow.arn,
      emitterRoleArn: functions.emitter.roleArn,
      publisherRoleArns: pulumi.all(['validator', 'emitter', 'settler'].map(names.roleArnOf)),
      inputQueueUrl: input.queue.url,
      deadLetterQueueUrl: input.deadLetters.url,
      subscriptionDeadLetterQueueUrl: input.undelivered.url,
      scheduleDeadLetterQueueUrl: schedule.deadLetters.url,
    }
    this.registerOutputs(this.outputs)
  }
}
