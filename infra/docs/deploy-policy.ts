import { DEPLOY_PERMISSIONS, type DeployPermission } from './deploy-permissions.ts'

interface PolicyStatement {
  Sid: string
  Effect: 'Allow'
  Action: string[]
  Resource: string | string[]
  Condition?: object
}

/**
 * The policy that suffices to deploy, update and destroy a scheduler, as an IAM document: for any stack name, Region
 * and account, which can be narrowed by replacing them in the ARNs.
 */
export function deployPolicy(permissions = DEPLOY_PERMISSIONS) {
  const statements = Object.entries(permissions).flatMap(([type, permission]) => statementsFor(type, permission))
  return { Version: '2012-10-17', Statement: [...merged(statements), passRoles(Object.values(permissions))] }
}

/** The policy, as it stands in `docs/deploy-policy.json`. */
export const deployPolicyFile = () => `${JSON.stringify(deployPolicy(), undefined, 2)}\n`

function statementsFor(type: string, permission: DeployPermission): PolicyStatement[] {
  const { service, on, create, read, update = [], tag = [], anywhere = [], condition } = permission
  const sid = type.split(':').at(-1) ?? ''
  const resources = [on].flat().map((resource) => `arn:aws:${service}:${resource}`)
  const bound = condition ? { Condition: condition } : {}
  const statement = (Sid: string, names: string[], Resource: string | string[]) => {
    return { Sid, Effect: 'Allow' as const, Action: names.map((name) => `${service}:${name}`), Resource }
  }
  return [
    { ...statement(sid, [...create, ...read, ...update, ...permission.delete], resources), ...bound },
    statement(`${sid}Tags`, tag, resources),
    { ...statement(condition ? `${sid}Anywhere` : 'Anywhere', anywhere, '*'), ...bound },
  ].filter(({ Action }) => Action.length > 0)
}

/** One statement for all that has the same resources and conditions, which keeps the policy short enough for IAM. */
function merged(statements: PolicyStatement[]): PolicyStatement[] {
  const groups = Map.groupBy(statements, ({ Resource, Condition }) => JSON.stringify([Resource, Condition]))
  return [...groups.values()].map((group) => ({
    ...(group[0] as PolicyStatement),
    Action: [...new Set(group.flatMap(({ Action }) => Action))].sort(),
  }))
}

function passRoles(permissions: DeployPermission[]): PolicyStatement {
  const services = permissions.flatMap(({ passesRoleTo }) => passesRoleTo ?? [])
  return {
    Sid: 'PassRole',
    Effect: 'Allow',
    Action: ['iam:PassRole'],
    Resource: ['arn:aws:iam::*:role/scheduler-*'],
    Condition: { StringEquals: { 'iam:PassedToService': services } },
  }
}
