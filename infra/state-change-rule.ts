import * as aws from '@pulumi/aws'
import * as pulumi from '@pulumi/pulumi'
import type { Fn } from './lambda-function.ts'
import type { Site } from './names.ts'

/** Tells the loader at once when a runner ended without having settled its slot. */
export class StateChangeRule extends pulumi.ComponentResource {
  constructor(site: Site, deliverSlotArn: pulumi.Input<string>, loader: Fn, opts?: pulumi.ComponentResourceOptions) {
    super('aws-scheduler:index:StateChangeRule', `${site.stack}-slot-ended`, {}, opts)
    const rule = new aws.cloudwatch.EventRule(
      `${site.stack}-slot-ended-rule`,
      {
        name: site.nameOf('slot-ended'),
        description: 'A runner ended without having settled its slot',
        eventPattern: pulumi.jsonStringify({
          source: ['aws.states'],
          'detail-type': ['Step Functions Execution Status Change'],
          detail: { status: ['FAILED', 'TIMED_OUT', 'ABORTED'], stateMachineArn: [deliverSlotArn] },
        }),
      },
      { parent: this },
    )
    const permission = new aws.lambda.Permission(
      `${site.stack}-slot-ended-permission`,
      {
        action: 'lambda:InvokeFunction',
        function: loader.name,
        principal: 'events.amazonaws.com',
        sourceArn: rule.arn,
      },
      { parent: this },
    )
    // No dead letters: what this misses, the audit of the next minute finds.
    new aws.cloudwatch.EventTarget(
      `${site.stack}-slot-ended-target`,
      { rule: rule.name, arn: loader.arn },
      { parent: this, dependsOn: [permission] },
    )
    this.registerOutputs({ ruleArn: rule.arn })
  }
}
