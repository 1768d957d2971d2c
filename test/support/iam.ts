import { anonymousPrincipal, runSimulation } from '@cloud-copilot/iam-simulate'
import { ACCOUNT, type Recording } from './program-recorder.ts'

/** A call to AWS, as a policy sees it. */
export interface Call {
  /** ARN, or nobody in particular. */
  principal: string | 'anonymous'
  action: string
  resource: string
  context?: Record<string, string>
}

interface Policies {
  /** The caller's own policy, JSON; default none. */
  identity?: string
  /** The policy of the resource, JSON; default none. */
  ofResource?: string
}

/** A policy of one's own that allows an action on everything. */
export const may = (action: string) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }] })
export const ANYTHING = may('*')

/** The simulator does not know condition keys whose name a caller makes up; this one, otherwise unused, stands in. */
const CALLERS_KEY = 'kms:EncryptionContext:aws:sns:topicArn'
const STAND_IN = 'kms:RequestAlias'
const parse = (policy: string) => JSON.parse(policy.replaceAll(CALLERS_KEY, STAND_IN))

/** Whether AWS would let the call through, by the policies alone. */
export async function allows(call: Call, { identity, ofResource }: Policies): Promise<boolean> {
  const anonymous = call.principal === 'anonymous'
  const result = await runSimulation(
    {
      request: {
        principal: anonymous ? anonymousPrincipal : call.principal,
        action: call.action,
        resource: { resource: call.resource, accountId: accountOf(call.resource) },
        contextVariables: contextOf(call),
      },
      identityPolicies: identity ? [{ name: 'own', policy: parse(identity) }] : [],
      resourcePolicy: ofResource ? parse(ofResource) : undefined,
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  )
  if (result.resultType === 'error') throw new Error(JSON.stringify(result.errors))
  return result.overallResult === 'Allowed'
}

/** The policy of a resource that leaves it to `account` who of it uses it: then its own policies decide alone. */
export const ownerLets = (account: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: '*', Resource: '*' }],
  })

/** What the role of a function (or machine, or schedule) of stack `dev` is allowed. */
export async function roleAllows(recording: Recording, part: string, action: string, resource: string, context = {}) {
  const principal = recording.one('Role', `dev-${part}-role`).arn
  const identity = recording.one('RolePolicy', `dev-${part}-privileges`).inputs.policy
  return allows({ principal, action, resource, context }, { identity, ofResource: ownerLets(ACCOUNT) })
}

function contextOf({ principal, context }: Call): Record<string, string> {
  const caller: Record<string, string> = principal === 'anonymous' ? {} : { 'aws:PrincipalArn': principal }
  const given = Object.entries(context ?? {}).map(([key, value]) => [key === CALLERS_KEY ? STAND_IN : key, value])
  return { 'aws:SecureTransport': 'true', ...caller, ...Object.fromEntries(given) }
}

function accountOf(arn: string): string {
  return arn.split(':')[4] || ACCOUNT
}
