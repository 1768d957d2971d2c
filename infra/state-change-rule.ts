import * as aws from '@pulumi/aws'
import * as pulumi from '@pulumi/pulumi'
import type { LambdaFunction } from './lambda-function.ts'
import type { Names } from './names.ts'
import type { StateMachine } from './state-machine.ts'

/** Tells the loader at once when a runner ended without having settled its slot. */
export class StateChangeRule extends pulumi.ComponentResource {
  constructor(
    names: Names,
    { deliverSlot, loader }: { deliverSlot: StateMachine; loader: LambdaFunction },
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super('aws-scheduler:index:StateChangeRule', `${names.stack}-slot-ended`, {}, opts)
    const rule = new aws.cloudwatch.EventRule(
      `${names.stack}-slot-ended-rule`,
      {
        name: names.nameOf('slot-ended'),
        description: 'A runner ended without having settled its slot',
        eventPattern: pulumi.jsonStringify({
          source: ['aws.states'],
          'detail-type': ['Step Functions Execution Status Change'],
          detail: { status: ['FAILED', 'TIMED_OUT', 'ABORTED'], stateMachineArn: [deliverSlot.arn] },
        }),
      },
      { parent: this },
    )
    const permission = new aws.lambda.Permission(
      `${names.stack}-slot-ended-permission`,
      {
        action: 'lambda:InvokeFunction',
        function: loader.name,
        principal: 'events.amazonaws.com',
        sourceArn: rule.arn,
      },
      { parent: this },
    )
    // No dead letters: Lambda tries again what it refuses, and what this misses, the audit of the next minute finds.
    new aws.cloudwatch.EventTarget(
      `${names.stack}-slot-ended-target`,
      { rule: rule.name, arn: loader.arn },
      { parent: this, dependsOn: [permission] },
    )
    this.registerOutputs({ ruleArn: rule.arn })
  }
}
