import * as aws from '@pulumi/aws'
import * as pulumi from '@pulumi/pulumi'
import type { StateMachineDefinition } from './definitions/states-language.ts'
import { WRITE_TRACES } from './lambda-function.ts'
import type { Names } from './names.ts'
import { policyDocument, type Statement, trust } from './privilege.ts'

export interface StateMachineArgs {
  /** What it is called by. */
  part: string
  type: 'STANDARD' | 'EXPRESS'
  definition: pulumi.Output<StateMachineDefinition>
  /** ARNs of the functions its tasks invoke. */
  invokes: pulumi.Input<string>[]
}

/** A Step Functions state machine, with a role and a log group of its own. */
export class StateMachine extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>

  constructor(names: Names, args: StateMachineArgs, opts?: pulumi.ComponentResourceOptions) {
    const { part } = args
    const { tracing } = names.settings
    super('aws-scheduler:index:StateMachine', `${names.stack}-${part}`, {}, opts)
    const role = this.role(names, part)
    const privileges = new aws.iam.RolePolicy(
      `${names.stack}-${part}-privileges`,
      { role: role.name, policy: policyDocument([invoke(args.invokes), DELIVER_LOGS, ...(tracing ? TRACE : [])]) },
      { parent: this },
    )
    const machine = new aws.sfn.StateMachine(
      `${names.stack}-${part}-machine`,
      {
        name: names.nameOf(part),
        type: args.type,
        roleArn: role.arn,
        definition: pulumi.jsonStringify(args.definition),
        tracingConfiguration: { enabled: tracing },
        loggingConfiguration: this.logging(names, part),
      },
      // Step Functions tries the role when it creates the machine.
      { parent: this, dependsOn: [privileges] },
    )
    this.arn = machine.arn
    this.registerOutputs({ arn: this.arn })
  }

  private role({ stack, accountId, roleNameOf, stateMachineArnOf }: Names, part: string) {
    const assumeRolePolicy = trust('states.amazonaws.com', {
      StringEquals: { 'aws:SourceAccount': accountId },
      ArnEquals: { 'aws:SourceArn': stateMachineArnOf(part) },
    })
    return new aws.iam.Role(`${stack}-${part}-role`, { name: roleNameOf(part), assumeRolePolicy }, { parent: this })
  }

  /**
   * Errors only, for both: the console keeps the history of a Standard execution anyway; of an Express one
   * everything would cost about $5 a million, and the table and the emitter's log say the rest.
   * The data is slots and keys, never a payload.
   */
  private logging({ stack, settings, nameOf }: Names, part: string) {
    const logs = new aws.cloudwatch.LogGroup(
      `${stack}-${part}-logs`,
      // This prefix keeps the size of the account's log resource policy from growing with every machine.
      { name: `/aws/vendedlogs/states/${nameOf(part)}`, retentionInDays: settings.logRetentionDays },
      { parent: this },
    )
    return { level: 'ERROR', includeExecutionData: true, logDestination: pulumi.interpolate`${logs.arn}:*` }
  }
}

function invoke(functionArns: pulumi.Input<string>[]): Statement {
  return { actions: ['lambda:InvokeFunction'], resources: functionArns }
}

const DELIVER_LOGS: Statement = {
  actions: [
    'logs:CreateLogDelivery',
    'logs:GetLogDelivery',
    'logs:UpdateLogDelivery',
    'logs:DeleteLogDelivery',
    'logs:ListLogDeliveries',
    'logs:PutResourcePolicy',
    'logs:DescribeResourcePolicies',
    'logs:DescribeLogGroups',
  ],
  resources: ['*'],
  comment: 'log deliveries know no resources; this is the list that Step Functions asks for',
}

const SAMPLE_TRACES: Statement = {
  actions: ['xray:GetSamplingRules', 'xray:GetSamplingTargets'],
  resources: ['*'],
  comment: 'X-Ray knows no resources for sampling',
}

const TRACE = [WRITE_TRACES, SAMPLE_TRACES]
