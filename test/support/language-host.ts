import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import * as path from 'node:path'
import * as grpc from '@grpc/grpc-js'

const ROOT = path.join(import.meta.dirname, '..', '..')
const require = createRequire(import.meta.url)
const proto = (name: string) => require(`@pulumi/pulumi/proto/${name}.js`)
const { Empty } = require('google-protobuf/google/protobuf/empty_pb.js')
const { Struct } = require('google-protobuf/google/protobuf/struct_pb.js')
const resources = proto('resource_pb')
const engine = proto('engine_pb')
const FEATURES = ['secrets', 'resourceReferences', 'aliasSpecs', 'deletedWith', 'transforms']
/** How Pulumi writes a value that is only known after deployment. */
export const UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9'

export interface Registered {
  urn: string
  type: string
  name: string
  inputs: Record<string, unknown>
}

interface Run {
  /** Where Pulumi.yaml is. Default: the repository. */
  folder?: string
  stack: string
  config: Record<string, string>
  preview: boolean
  /** What AWS would answer to a new resource; in a preview nothing is known. */
  create(resource: Registered): Record<string, unknown>
  invoke(token: string): Record<string, unknown>
}

type GrpcCall = grpc.ServerUnaryCall<ReturnType<typeof JSON.parse>, unknown>

/**
 * Runs the program as `pulumi up` (or `preview`) does: Pulumi's own launcher in its own process, told by
 * Pulumi.yaml how. This process plays the engine: it takes registrations, and creates nothing.
 */
export async function runProgram(run: Run) {
  const registered: Registered[] = []
  const log: string[] = []
  const server = new grpc.Server()
  server.addService(proto('resource_grpc_pb').ResourceMonitorService, monitor(run, registered))
  server.addService(proto('engine_grpc_pb').EngineService, logger(log))
  const port = await listen(server)
  const code = await launch(run, `127.0.0.1:${port}`, log)
  server.forceShutdown()
  return { code, registered, log: log.join('\n') }
}

function monitor(run: Run, registered: Registered[]) {
  return {
    supportsFeature: answer(({ request }) =>
      set(new resources.SupportsFeatureResponse(), { Hassupport: FEATURES.includes(request.getId()) }),
    ),
    invoke: answer(({ request }) =>
      set(new resources.ResourceInvokeResponse(), { Return: Struct.fromJavaScript(run.invoke(request.getTok())) }),
    ),
    registerResource: answer(({ request }) => {
      const resource = read(request, run.stack)
      if (registered.some(({ urn }) => urn === resource.urn)) throw new Error(`Declared twice: ${resource.urn}`)
      registered.push(resource)
      const state = request.getCustom() ? run.create(resource) : {}
      const id = run.preview ? '' : `${resource.name}-id`
      const fields = { Urn: resource.urn, Id: id, Object: Struct.fromJavaScript(state) }
      return set(new resources.RegisterResourceResponse(), fields)
    }),
    registerResourceOutputs: answer(({ request }) => {
      const stack = registered.find(({ urn, type }) => urn === request.getUrn() && type === 'pulumi:pulumi:Stack')
      if (stack) stack.inputs = request.getOutputs().toJavaScript()
      return new Empty()
    }),
    registerPackage: answer(() => set(new resources.RegisterPackageResponse(), { Ref: 'local' })),
    signalAndWaitForShutdown: answer(() => new Empty()),
  }
}

function logger(log: string[]) {
  let root = ''
  return {
    log: answer(({ request }) => {
      if (request.getSeverity() > 0) log.push(request.getMessage())
      return new Empty()
    }),
    getRootResource: answer(() => set(new engine.GetRootResourceResponse(), { Urn: root })),
    setRootResource: answer(({ request }) => {
      root = request.getUrn()
      return new engine.SetRootResourceResponse()
    }),
  }
}

function read(request: GrpcCall['request'], stack: string): Registered {
  const [type, name] = [request.getType(), request.getName()]
  const parent = request.getParent().split('::')[2] ?? ''
  const qualified = parent === '' || parent === 'pulumi:pulumi:Stack' ? type : `${parent}$${type}`
  const urn = `urn:pulumi:${stack}::aws-scheduler::${qualified}::${name}`
  return { urn, type, name, inputs: request.getObject()?.toJavaScript() ?? {} }
}

/** Fills a protobuf message by its setters. */
function set<T>(message: T, fields: Record<string, unknown>): T {
  const setters = message as Record<string, (value: unknown) => void>
  for (const [field, value] of Object.entries(fields)) setters[`set${field}`]?.(value)
  return message
}

function answer(respond: (call: GrpcCall) => unknown): grpc.handleUnaryCall<unknown, unknown> {
  return (call, callback) => {
    try {
      callback(null, respond(call))
    } catch (error) {
      callback({ code: grpc.status.UNKNOWN, message: (error as Error).message })
    }
  }
}

function listen(server: grpc.Server): Promise<number> {
  return new Promise((resolve, reject) => {
    const credentials = grpc.ServerCredentials.createInsecure()
    server.bindAsync('127.0.0.1:0', credentials, (error, port) => (error ? reject(error) : resolve(port)))
  })
}

/** Where the program is run, and what is run there: the file that Pulumi.yaml names as `main`, in its folder. */
function entryOf(folder: string) {
  const [, main = '.'] = /^main: (.+)$/m.exec(readFileSync(path.join(folder, 'Pulumi.yaml'), 'utf8')) ?? []
  return main === '.'
    ? { cwd: folder, program: main }
    : { cwd: path.join(folder, path.dirname(main)), program: path.basename(main) }
}

/** Starts the program with the arguments that Pulumi's language host gives, and waits for its end. */
function launch({ folder = ROOT, stack, config, preview }: Run, address: string, log: string[]): Promise<number> {
  const { cwd, program } = entryOf(folder)
  const options = {
    monitor: address,
    engine: address,
    project: 'aws-scheduler',
    stack,
    organization: 'local',
    pwd: cwd,
    'root-directory': folder,
    parallel: '16',
  }
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value])
  const launcher = createRequire(path.join(cwd, program)).resolve('@pulumi/pulumi/cmd/run/index.js')
  const env = {
    ...process.env,
    PULUMI_CONFIG: JSON.stringify(config),
    PULUMI_CONFIG_SECRET_KEYS: '[]',
    PULUMI_NODEJS_TYPESCRIPT: 'false',
  }
  const child = spawn(process.execPath, [launcher, ...args, ...(preview ? ['--dry-run'] : []), program], { cwd, env })
  child.stdout.on('data', (chunk) => log.push(String(chunk)))
  child.stderr.on('data', (chunk) => log.push(String(chunk)))
  return new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 1)))
}
