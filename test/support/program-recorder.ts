import * as pulumi from '@pulumi/pulumi'
import 'zod'

// Zod and Pulumi keep their state in globals; made before the tests run, mocha does not take them for leaks.
pulumi.runtime.setAllConfig({})
Object.assign(globalThis, { stackResource: undefined })

export const ACCOUNT = '123456789012'

/** Where a program is recorded, as AWS would tell it. */
export interface AwsRegion {
  region: string
  partition: string
  dnsSuffix: string
}
export const IRELAND: AwsRegion = { region: 'eu-west-1', partition: 'aws', dnsSuffix: 'amazonaws.com' }

/** The inputs of a resource: whatever its type takes, so Pulumi itself types them `any`. */
type Inputs = pulumi.runtime.MockResourceArgs['inputs']

/** A resource that a program declared. */
export interface Declared {
  type: string
  name: string
  inputs: Inputs
  /** The ARN it was given. */
  arn: string
  /** URNs. */
  parent: string
  dependencies: string[]
  protect: boolean
}

export interface Recording {
  resources: Declared[]
  outputs: Record<string, unknown>
  /** All resources whose type ends with `:<type>`. */
  of(type: string): Declared[]
  /** The one resource with this type and name. */
  one(type: string, name: string): Declared
}

type Config = Record<string, string>

/** Runs `program` under Pulumi's mocks and tells what it declares. Nothing is created. */
export async function record(program: () => Promise<object>, config: Config = {}, at = IRELAND): Promise<Recording> {
  const resources: Declared[] = []
  pulumi.runtime.setAllConfig({ 'aws:region': at.region, ...config })
  await pulumi.runtime.setMocks(mocksAt(at), 'aws-scheduler', 'dev')
  tapMonitor(resources, at)
  const outputs: Record<string, unknown> = {}
  await pulumi.runtime.runInPulumiStack(async () => {
    const exported = await program()
    pulumi.output({ ...exported }).apply((values) => Object.assign(outputs, values))
    return exported
  })
  // Only now is everything registered: runInPulumiStack itself does not wait for all of it.
  await pulumi.runtime.disconnect()
  const of = (type: string) => resources.filter((resource) => resource.type.endsWith(`:${type}`))
  return { resources, outputs, of, one: (type, name) => only(of(type), type, name) }
}

const recordings = new Map<string, Promise<Recording>>()

/** Records the program of this repository; once for the same settings, because bundling takes a second. */
export function recordStack(config: Config = {}, at = IRELAND): Promise<Recording> {
  const key = JSON.stringify([config, at])
  // A module runs once; with a query it is another one.
  const program = async () => ({ ...(await import(`../../infra/index.ts?run=${recordings.size}`)) })
  const recording = recordings.get(key) ?? record(program, config, at)
  recordings.set(key, recording)
  return recording
}

/** The stack's settings as Pulumi keeps them. */
export function configOf(settings: Record<string, unknown>): Record<string, string> {
  const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [`aws-scheduler:${key}`, text(value)]))
}

function only(candidates: Declared[], type: string, name: string): Declared {
  const [found, ...more] = candidates.filter((one) => one.name === name)
  if (found && more.length === 0) return found
  throw new Error(`There are ${candidates.map((one) => one.name).join(', ') || 'none'} of ${type}, looked for ${name}`)
}

function mocksAt(at: AwsRegion): pulumi.runtime.Mocks {
  return {
    newResource({ type, name, inputs, custom }) {
      if (!custom) return { id: undefined, state: inputs }
      const arn = arnOf(type, inputs.name ?? name, at)
      const url = `https://sqs/${inputs.name}`
      return { id: `${name}-id`, state: { ...inputs, name: inputs.name ?? name, arn, url } }
    },
    call({ token }) {
      if (token.endsWith(':getCallerIdentity')) return { accountId: ACCOUNT }
      if (token.endsWith(':getRegion')) return { region: at.region }
      if (token.endsWith(':getPartition')) return { partition: at.partition, dnsSuffix: at.dnsSuffix }
      throw new Error(`No answer to ${token}`)
    },
  }
}

/** ARNs as AWS makes them, so that policies can be evaluated. */
function arnOf(type: string, name: string, { partition, region }: AwsRegion): string {
  const at = (service: string, resource: string) => `arn:${partition}:${service}:${region}:${ACCOUNT}:${resource}`
  const kinds: Record<string, string> = {
    Topic: at('sns', name),
    Queue: at('sqs', name),
    Table: at('dynamodb', `table/${name}`),
    Function: at('lambda', `function:${name}`),
    StateMachine: at('states', `stateMachine:${name}`),
    LogGroup: at('logs', `log-group:${name}`),
    Key: at('kms', `key/${name}`),
    EventRule: at('events', `rule/${name}`),
    Role: `arn:${partition}:iam::${ACCOUNT}:role/${name}`,
  }
  return kinds[type.split(':').at(-1) ?? ''] ?? at('none', name)
}

/** Mocks are told neither parents nor dependencies nor protection: those are read where the request passes. */
function tapMonitor(resources: Declared[], at: AwsRegion) {
  const monitor = pulumi.runtime.getMonitor() as unknown as Inputs
  const register = monitor.registerResource.bind(monitor)
  monitor.registerResource = (request: Inputs, callback: (error: unknown, response: Inputs) => void) =>
    register(request, (error: unknown, response: Inputs) => {
      const inputs = pulumi.runtime.deserializeProperties(request.getObject())
      resources.push({
        type: request.getType(),
        name: request.getName(),
        inputs,
        arn: arnOf(request.getType(), inputs.name ?? request.getName(), at),
        parent: request.getParent(),
        dependencies: request.getDependenciesList(),
        protect: request.getProtect() ?? false,
      })
      callback(error, response)
    })
}
