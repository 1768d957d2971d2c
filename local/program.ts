import { setTimeout as sleep } from 'node:timers/promises'
import * as pulumi from '@pulumi/pulumi'
import { moduleBeside } from '../infra/installed.ts'
import { ACCOUNT, PROJECT, REGION, STACK } from './aws-account.ts'
import type { Created, Handler } from './resources/handler.ts'

type Config = Record<string, string>
export type Program = () => Promise<Record<string, unknown>>

/** How long after a failure Pulumi's last rejections come. */
const LATE_REJECTIONS_MS = 100

let runs = 0

/** The program that is deployed, evaluated anew each time: a module is run once only per address. */
const deployed: Program = async () => ({
  ...(await import(`${moduleBeside(import.meta.url, '../infra/index')}?run=${++runs}`)),
})

/**
 * Runs the Pulumi program with `handlers` in place of the AWS provider: each resource it declares is handed to the
 * handler of its type. Rejects with the first thing that goes wrong.
 * @param config settings of the stack, without the project's name before them
 * @returns the stack's outputs
 */
export async function runProgram(handlers: Record<string, Handler>, config: Config = {}, program = deployed) {
  const keyed = Object.entries(config).map(([key, value]) => [`${PROJECT}:${key}`, value])
  pulumi.runtime.setAllConfig({ 'aws:region': REGION, ...Object.fromEntries(keyed) })
  const failures: unknown[] = []
  // One failure surfaces more than once with Pulumi, as rejections nobody awaits too: the first is the cause.
  const note = (error: unknown) => void failures.push(error)
  process.on('unhandledRejection', note)
  try {
    await pulumi.runtime.setMocks({ newResource: creator(handlers, note), call: lookup }, PROJECT, STACK)
    const outputs = await pulumi.runtime.runInPulumiStack(program).catch(note)
    // Resources are registered in the background: only after this they are all there.
    await pulumi.runtime.disconnect().catch(note)
    if (failures.length > 0) throw failures[0]
    return await plain(outputs)
  } finally {
    if (failures.length > 0) await sleep(LATE_REJECTIONS_MS)
    process.off('unhandledRejection', note)
  }
}

type MockArgs = pulumi.runtime.MockResourceArgs

/** After a failure the rest is stubbed rather than created: throwing to Pulumi only buries the cause. */
function creator(handlers: Record<string, Handler>, fail: (error: Error) => void) {
  let failed = false
  return async ({ type, name, inputs, custom }: MockArgs): Promise<Created> => {
    if (!custom || type.startsWith('pulumi:')) return { id: name, state: inputs }
    const stub = { id: name, state: { ...inputs, arn: `arn:aws:failed:::${name}`, name } }
    if (failed) return stub
    try {
      const handler = handlers[type]
      if (!handler) throw new Error(`the local stack does not know this type; teach it in local/resources/`)
      return await handler(name, unsecret(inputs) as Record<string, unknown>)
    } catch (cause) {
      failed = true
      fail(new Error(`${type} "${name}": ${(cause as Error).message}`, { cause }))
      return stub
    }
  }
}

/** What the program may ask about where it runs. */
const LOOKUPS: Record<string, object> = {
  'aws:index/getCallerIdentity:getCallerIdentity': {
    accountId: ACCOUNT,
    arn: `arn:aws:iam::${ACCOUNT}:root`,
    userId: 'local',
  },
  'aws:index/getRegion:getRegion': { region: REGION, name: REGION, id: REGION },
  'aws:index/getPartition:getPartition': { partition: 'aws', dnsSuffix: 'amazonaws.com', id: 'aws' },
}

function lookup({ token }: pulumi.runtime.MockCallArgs): object {
  const answer = LOOKUPS[token]
  if (!answer) throw new Error(`the local stack has no answer to ${token}; teach it in local/program.ts`)
  return answer
}

/** How Pulumi marks a secret in inputs; it may wrap any part of them. Source: @pulumi/pulumi, runtime/rpc. */
const SIGNATURE = '4dabf18193072939515e22adb298388d'
const SECRET = '1b47061264138c4ac30d75fd1eb44270'

function unsecret(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unsecret)
  if (typeof value !== 'object' || value === null) return value
  const object = value as Record<string, unknown>
  if (object[SIGNATURE] === SECRET) return unsecret(object.value)
  // Assets and archives are instances of classes, to be kept as they are.
  if (Object.getPrototypeOf(value) !== Object.prototype) return value
  return Object.fromEntries(Object.entries(object).map(([key, inner]) => [key, unsecret(inner)]))
}

/** The values of a stack's outputs, by name. */
async function plain(outputs: unknown): Promise<Record<string, unknown>> {
  const pairs = Object.entries((outputs ?? {}) as Record<string, unknown>)
  const values = pairs.map(async ([key, output]) => [key, await resolved(output)] as const)
  return Object.fromEntries(await Promise.all(values))
}

const resolved = (output: unknown) =>
  new Promise((resolve) => {
    const lifted: pulumi.Output<unknown> = pulumi.output(output as object)
    lifted.apply(resolve)
  })
