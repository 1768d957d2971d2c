import * as aws from '@pulumi/aws'
import * as pulumi from '@pulumi/pulumi'
import { bundle } from './bundle.ts'
import type { Names } from './names.ts'
import { policyDocument, type Statement, trust } from './privilege.ts'
import type { Settings } from './settings.ts'

export interface LambdaFunctionArgs {
  /** The folder of its handler in `functions/`, and what it is called by. */
  part: string
  timeoutSeconds: number
  memoryMb: number
  /** Concurrency of the account that is kept for this function, and the most it gets. Default: none, and no bound. */
  reservedConcurrency?: number | undefined
  variables: Record<string, pulumi.Input<string>>
  /** All that the function may do, besides writing its own log and, if the stack is traced, its traces. */
  allow: Statement[]
}

/** Traces belong to no resource: AWS has nothing finer than `*` for them. */
export const WRITE_TRACES: Statement = {
  actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
  resources: ['*'],
  comment: 'X-Ray knows no resources for traces',
}

/** The Lambda function of a handler, with a role and a log group of its own. */
export class LambdaFunction extends pulumi.ComponentResource {
  readonly name: pulumi.Output<string>
  readonly arn: pulumi.Output<string>
  readonly roleArn: pulumi.Output<string>

  constructor(names: Names, args: LambdaFunctionArgs, opts?: pulumi.ComponentResourceOptions) {
    const { part } = args
    super('aws-scheduler:index:LambdaFunction', `${names.stack}-${part}`, {}, opts)
    const logs = this.logGroup(names, part)
    const role = this.role(names, part)
    const allow = [...args.allow, writeLog(logs), ...(names.settings.tracing ? [WRITE_TRACES] : [])]
    const privileges = this.privileges(role, `${names.stack}-${part}-privileges`, allow)
    const lambda = this.lambda(names, args, { role, logs, privileges })
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

  private privileges(role: aws.iam.Role, logicalName: string, allow: Statement[]) {
    return new aws.iam.RolePolicy(logicalName, { role: role.name, policy: policyDocument(allow) }, { parent: this })
  }

  private lambda({ stack, settings, nameOf }: Names, args: LambdaFunctionArgs, needs: Needs) {
    return new aws.lambda.Function(
      `${stack}-${args.part}-function`,
      {
        name: nameOf(args.part),
        role: needs.role.arn,
        runtime: 'nodejs24.x',
        architectures: ['arm64'],
        handler: 'index.handler',
        code: bundle(args.part),
        timeout: args.timeoutSeconds,
        memorySize: args.memoryMb,
        reservedConcurrentExecutions: args.reservedConcurrency,
        environment: {
          variables: {
            ...args.variables,
            POWERTOOLS_METRICS_NAMESPACE: 'aws-scheduler',
            POWERTOOLS_SERVICE_NAME: stack,
          },
        },
        tracingConfig: { mode: settings.tracing ? 'Active' : 'PassThrough' },
        loggingConfig: {
          logFormat: 'JSON',
          applicationLogLevel: settings.logLevel,
          systemLogLevel: systemLogLevel(settings.logLevel),
          logGroup: needs.logs.name,
        },
      },
      // Both must be there before the first invocation: a log group that Lambda makes itself is kept for ever.
      { parent: this, dependsOn: [needs.logs, needs.privileges] },
    )
  }
}

/**
 * The least level of what Lambda itself logs. That an invocation began, ended and what it took is INFO, and about a
 * kilobyte each time; that it failed or timed out is WARN. Source: Lambda developer guide, log-level filtering.
 */
function systemLogLevel(logLevel: Settings['logLevel']): 'INFO' | 'WARN' {
  return logLevel === 'DEBUG' ? 'INFO' : 'WARN'
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
