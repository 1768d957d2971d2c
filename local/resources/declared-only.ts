import { ACCOUNT, arnOf } from '../aws-account.ts'
import { type Handler, type Inputs, nameOf } from './handler.ts'

/**
 * What may be declared but does nothing here: there are no permissions to grant, nothing to encrypt, no logs to keep
 * and nobody to alarm. A mistake in one of these shows only in the tests of infra/, or on AWS.
 */
export const declaredOnlyHandlers: Record<string, Handler> = {
  'aws:iam/role:Role': declared((name) => `arn:aws:iam::${ACCOUNT}:role/${name}`),
  'aws:iam/rolePolicy:RolePolicy': declared(),
  'aws:iam/rolePolicyAttachment:RolePolicyAttachment': declared(),
  'aws:lambda/permission:Permission': declared(),
  'aws:sqs/queuePolicy:QueuePolicy': declared(),
  'aws:sns/topicPolicy:TopicPolicy': declared(),
  'aws:kms/key:Key': declared((name) => arnOf('kms', `key/${name}`)),
  'aws:kms/alias:Alias': declared((name) => arnOf('kms', name)),
  'aws:cloudwatch/logGroup:LogGroup': declared((name) => arnOf('logs', `log-group:${name}`)),
  'aws:cloudwatch/metricAlarm:MetricAlarm': declared((name) => arnOf('cloudwatch', `alarm:${name}`)),
  'aws:cloudwatch/dashboard:Dashboard': declared((name) => arnOf('cloudwatch', `dashboard/${name}`)),
}

function declared(arn?: (name: string) => string): Handler {
  return (logicalName: string, inputs: Inputs) => {
    const name = nameOf(logicalName, inputs)
    return { id: name, state: { ...inputs, name, ...(arn ? { arn: arn(name) } : {}) } }
  }
}
