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
  const { service, on, create, read, update = [], tag = [], anywhere = [] } = permission
  const Sid = type.split(':').at(-1) ?? ''
  const bound = [...create, ...read, ...update, ...permission.delete, ...tag]
  const Resource = [on].flat().map((resource) => `arn:aws:${service}:${resource}`)
  const shared = { Effect: 'Allow' as const, ...(permission.condition ? { Condition: permission.condition } : {}) }
  const statement = { ...shared, Sid, Action: actionsOf(service, bound), Resource }
  if (anywhere.length === 0) return [statement]
  // Statements without a resource go together, unless a condition binds them.
  const name = permission.condition ? `${Sid}Anywhere` : 'Anywhere'
  return [statement, { ...shared, Sid: name, Action: actionsOf(service, anywhere), Resource: '*' }]
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

const actionsOf = (service: string, names: string[]) => names.map((name) => `${service}:${name}`)
