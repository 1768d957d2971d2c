import * as aws from '@pulumi/aws'
import * as pulumi from '@pulumi/pulumi'
import { bundle } from './bundle.ts'
import type { Names } from './names.ts'
import { policyDocument, type Statement, trust } from './privilege.ts'

export interface LambdaFunctionArgs {
  timeoutSeconds: number
  memoryMb: number
  variables: Record<string, pulumi.Input<string>>
  /** All that the function may do, besides writing its own log and traces. */
  allow: Statement[]
}

/** Traces belong to no resource: AWS has nothing finer than `*` for them. */
export const WRITE_TRACES: Statement = {
  actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
  resources: ['*'],
  comment: 'X-Ray knows no resources for traces',
}

/** The Lambda function of `functions/<part>/handler.ts`, with a role and a log group of its own. */
export class LambdaFunction extends pulumi.ComponentResource {
  readonly name: pulumi.Output<string>
  readonly arn: pulumi.Output<string>
  readonly roleArn: pulumi.Output<string>

  constructor(names: Names, part: string, args: LambdaFunctionArgs, opts?: pulumi.ComponentResourceOptions) {
    super('aws-scheduler:index:LambdaFunction', `${names.stack}-${part}`, {}, opts)
    const logs = this.logGroup(names, part)
    const role = this.role(names, part)
    const privileges = this.privileges(names, part, role, [...args.allow, writeLog(logs), WRITE_TRACES])
    const lambda = this.lambda(names, part, args, { role, logs, privileges })
    this.name = lambda.name
    this.arn = lambda.arn
    this.roleArn = role.arn
    this.registerOutputs({ arn: this.arn, roleArn: this.roleArn })
  }

  private logGroup({ stack, settings, nameOf }: Names, part: string) {
    return new aws.cloudwatch.LogGroup(
      `${stack}-${part}-logs`,
      { name: `/aws/lambda/${nameOf(part)}`, retentionInDays: settings.logRetentionDays },
      { parent: this },
    )
  }

  private role({ stack, roleNameOf }: Names, part: string) {
    return new aws.iam.Role(
      `${stack}-${part}-role`,
      { name: roleNameOf(part), assumeRolePolicy: trust('lambda.amazonaws.com') },
      { parent: this },
    )
  }

  private privileges({ stack }: Names, part: string, role: aws.iam.Role, allow: Statement[]) {
    return new aws.iam.RolePolicy(
      `${stack}-${part}-privileges`,
      { role: role.name, policy: policyDocument(allow) },
      { parent: this },
    )
  }

  private lambda({ stack, settings, nameOf }: Names, part: string, args: LambdaFunctionArgs, needs: Needs) {
    return new aws.lambda.Function(
      `${stack}-${part}-function`,
      {
        name: nameOf(part),
        role: needs.role.arn,
        runtime: 'nodejs24.x',
        architectures: ['arm64'],
        handler: 'index.handler',
        code: bundle(part),
        timeout: args.timeoutSeconds,
        memorySize: args.memoryMb,
        environment: {
          variables: {
            ...args.variables,
            POWERTOOLS_METRICS_NAMESPACE: 'aws-scheduler',
            POWERTOOLS_SERVICE_NAME: stack,
          },
        },
        tracingConfig: { mode: 'Active' },
        loggingConfig: { logFormat: 'JSON', applicationLogLevel: settings.logLevel, logGroup: needs.logs.name },
      },
      // Both must be there before the first invocation: a log group that Lambda makes itself is kept for ever.
      { parent: this, dependsOn: [needs.logs, needs.privileges] },
    )
  }
}

interface Needs {
  role: aws.iam.Role
  logs: aws.cloudwatch.LogGroup
  privileges: aws.iam.RolePolicy
}

/** The streams of this group and no other. */
function writeLog(logs: aws.cloudwatch.LogGroup): Statement {
  return {
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resources: [pulumi.interpolate`${logs.arn}:*`],
  }
}
