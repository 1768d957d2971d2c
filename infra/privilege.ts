import * as pulumi from '@pulumi/pulumi'

/** One statement of an IAM, topic, queue or key policy, as data. */
export interface Statement {
  /** Letters and digits only; what CloudTrail and the console show. */
  sid?: string
  /** Default `Allow`. */
  effect?: 'Allow' | 'Deny'
  /** Only in resource policies: who. */
  principals?: '*' | { AWS?: pulumi.Input<pulumi.Input<string>[]>; Service?: string }
  actions: string[]
  resources: pulumi.Input<string>[]
  conditions?: Record<string, Record<string, pulumi.Input<pulumi.Input<string>[] | string>>>
  /** Why the resource is `*`; mandatory then. It stays in the program, AWS has no room for it. */
  comment?: string
}

/** The policy document of `statements`, as JSON. Throws on a resource `*` that nobody explained. */
export function policyDocument(statements: Statement[]): pulumi.Output<string> {
  for (const { actions, resources, comment } of statements) {
    if (resources.includes('*') && !comment) throw new Error(`${actions.join(', ')} on * needs a comment that says why`)
  }
  return pulumi.jsonStringify({ Version: '2012-10-17', Statement: statements.map(toIam) })
}

/** The policy by which a role lets the AWS service `service` assume it. */
export function trust(service: string, conditions?: Statement['conditions']): pulumi.Output<string> {
  return pulumi.jsonStringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: ['sts:AssumeRole'], Principal: { Service: service }, Condition: conditions },
    ],
  })
}

function toIam({ sid, effect, principals, actions, resources, conditions }: Statement) {
  return {
    Sid: sid,
    Effect: effect ?? 'Allow',
    Principal: principals,
    Action: actions,
    Resource: resources,
    Condition: conditions,
  }
}
