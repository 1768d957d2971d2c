import { type DataFolder, inMemory, openDataFolder } from './data-folder.ts'
import { type DynamoDb, startDynamoDb } from './dynamodb.ts'
import { dynamoDbProxy } from './endpoint/dynamodb-proxy.ts'
import { jsonService, listen, serve } from './endpoint/endpoint.ts'
import { lambdaHost } from './lambda/host.ts'
import type { OnLog } from './lambda/sandbox.ts'
import { type Messaging, startMessaging } from './messaging.ts'
import { type Program, runProgram } from './program.ts'
import { handlersFor } from './resources/all.ts'
import { type StepFunctions, stepFunctions } from './step-functions/service.ts'
import { eventBus } from './triggers/event-bus.ts'

export interface LocalOptions {
  /** Default: any free one. */
  port?: number
  /** Where state is kept, to survive the process. Default: in memory. */
  dataDir?: string
  /** Empty the data folder first. */
  fresh?: boolean
  /** Settings of the stack, as in `Pulumi.<stack>.yaml` but without the project's name. */
  config?: Record<string, string>
  /** Called with each record that a function logs. */
  onLog?: OnLog
  /** The Pulumi program to run. Default: the one that is deployed. */
  program?: Program
}

export interface Local {
  /** For `AWS_ENDPOINT_URL`. */
  endpoint: string
  /** The outputs of the stack, as `pulumi stack output` shows them. */
  outputs: Record<string, unknown>
  /** How many executions that an earlier run left behind run again. */
  resumed: number
  /** Stops all parts; what was not delivered is kept in the data folder, if there is one. */
  stop(): Promise<void>
}

type Stop = () => unknown

/** Runs the stack on this machine: the deployed program, on embedded parts, behind one loopback port. */
export async function startLocal(options: LocalOptions = {}): Promise<Local> {
  const stops: Stop[] = []
  const stop = async () => {
    // Last started, first stopped: nothing loses what it stands on.
    for (const each of stops.splice(0).reverse()) await each()
  }
  try {
    return { ...(await start(options, (each) => void stops.push(each))), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function start(options: LocalOptions, onStop: (stop: Stop) => void): Promise<Omit<Local, 'stop'>> {
  const { port = 0, dataDir, fresh, config, program, onLog = () => {} } = options
  const folder = dataDir === undefined ? inMemory() : openDataFolder(dataDir, fresh)
  onStop(() => folder.close())
  const { server, endpoint } = await listen(port)
  onStop(() => closeServer(server))
  const stores = await startStores(endpoint, folder, onStop)

  const lambda = lambdaHost(onLog)
  const bus = eventBus(lambda.invoke)
  const machines = stepFunctions({ invoke: lambda.invoke, onChange: bus.executionChanged, file: folder.executions })
  onStop(() => lambda.stop())
  // Before the functions: executions that only fail because we stop must not be recorded as failed.
  onStop(() => machines.stop())
  serveAll(server, stores, machines, onStop)

  const starts: (() => { stop(): unknown })[] = []
  const endpoints = { gateway: endpoint, dynamoDb: stores.dynamoDb.endpoint }
  const whenComplete = (each: (typeof starts)[number]) => void starts.push(each)
  const parts = { messaging: stores.messaging, lambda, stepFunctions: machines, bus, endpoints, whenComplete }
  const outputs = await runProgram(handlersFor(parts), { logLevel: 'DEBUG', ...config }, program)

  await lambda.ready()
  const resumed = machines.resume()
  for (const begin of starts) {
    const started = begin()
    onStop(() => started.stop())
  }
  return { endpoint, outputs, resumed }
}

async function startStores(endpoint: string, folder: DataFolder, onStop: (stop: Stop) => void) {
  const dynamoDb = await startDynamoDb(folder.events)
  onStop(() => dynamoDb.stop())
  const messaging = await startMessaging(endpoint, folder.messages)
  onStop(() => messaging.stop())
  return { dynamoDb, messaging }
}

type HttpServer = Awaited<ReturnType<typeof listen>>['server']
type StoreParts = { dynamoDb: DynamoDb; messaging: Messaging }

function serveAll(
  server: HttpServer,
  { dynamoDb, messaging }: StoreParts,
  machines: StepFunctions,
  onStop: (stop: Stop) => void,
) {
  const proxy = dynamoDbProxy(dynamoDb.endpoint)
  onStop(() => proxy.stop())
  const toFauxqs = messaging.app.routing
  serve(server, {
    sns: toFauxqs,
    sqs: toFauxqs,
    sts: toFauxqs,
    dynamodb: proxy.handle,
    states: jsonService('Step Functions', machines.api),
  })
}

async function closeServer(server: HttpServer): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  server.closeAllConnections()
  await closed
}
