import { createRequire } from 'node:module'
import { systemClock } from '../aws/system-clock.ts'
import { openConsole } from '../console/server/listener.ts'
import { CannotStart } from './cannot-start.ts'
import { consoleClient } from './console-client.ts'
import { type DataFolder, inMemory, openDataFolder } from './data-folder.ts'
import { type DynamoDb, startDynamoDb } from './dynamodb.ts'
import { dynamoDbProxy } from './endpoint/dynamodb-proxy.ts'
import { jsonService, listen, serve } from './endpoint/endpoint.ts'
import { frontPage } from './endpoint/front-page.ts'
import { lambdaHost } from './lambda/host.ts'
import type { OnLog } from './lambda/sandbox.ts'
import { type Messaging, startMessaging } from './messaging.ts'
import { type Program, runProgram } from './program.ts'
import type { OnPublish } from './publications.ts'
import { handlersFor } from './resources/all.ts'
import { type StepFunctions, stepFunctions } from './step-functions/service.ts'
import { eventBus } from './triggers/event-bus.ts'

export interface LocalOptions {
  /** Port to listen on, 0 to 65535. Default: 0, any free one. */
  port?: number
  /**
   * Address to listen on, of this machine. Default: `127.0.0.1`, which nobody else reaches. Whoever reaches another one
   * can read and change everything in the stack: no credentials are checked.
   */
  host?: string
  /** Folder where state is kept, to survive the process; made if it is not there. Default: none, state is in memory. */
  dataDir?: string
  /** Whether to empty the data folder first. Default: false. */
  fresh?: boolean
  /** Settings of the stack, as in `Pulumi.<stack>.yaml` but without the project's name. Default: those of the program. */
  config?: Record<string, string>
  /** Called with each record that a function logs. Default: they are dropped. */
  onLog?: OnLog
  /** Called with each message that a topic takes; what it throws, the publisher is told. Default: nobody is told. */
  onPublish?: OnPublish
  /** Called with what is being done while the stack starts, in a few words. Default: nobody is told. */
  onProgress?: (step: string) => void
  /** The Pulumi program to run. Default: the one that is deployed. */
  program?: Program
}

export interface Local {
  /** For `AWS_ENDPOINT_URL`. `GET /health` there answers 503 until the stack is ready, then 200. */
  endpoint: string
  /** The outputs of the stack, as `pulumi stack output` shows them. */
  outputs: Record<string, unknown>
  /** How many executions that an earlier run left behind run again. */
  resumed: number
  /** Stops all parts; what was not delivered is kept in the data folder, if there is one. */
  stop(): Promise<void>
}

type Stop = () => unknown
type OnStop = (stop: Stop) => void

/**
 * Runs the stack on this machine: the deployed program, on embedded parts, behind one port. It leaves the process as it
 * is: no signal is handled and no variable is set. Throws CannotStart when the caller can put right what is wrong.
 * Pulumi keeps its state in globals: start one stack after the other, not two at once.
 */
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

const VERSION: string = createRequire(import.meta.url)('aws-scheduler/package.json').version

async function start(options: LocalOptions, onStop: OnStop): Promise<Omit<Local, 'stop'>> {
  const { dataDir, fresh, config, program } = options
  const folder = dataDir === undefined ? inMemory() : openDataFolder(dataDir, fresh)
  onStop(() => folder.close())
  const door = await openDoor(options, onStop)
  const tell = (step: string) => {
    door.page.starting(step)
    options.onProgress?.(step)
  }

  tell('opening the stores')
  const { starts, ...parts } = await startParts(options, door, { folder, onStop })
  tell('bundling the functions and creating what the program declares')
  const outputs = await runProgram(handlersFor(parts), { logLevel: 'DEBUG', ...config }, program)
  tell('loading the functions')
  await parts.lambda.ready()
  const resumed = parts.stepFunctions.resume()
  for (const begin of starts) {
    const started = begin()
    onStop(() => started.stop())
  }
  const { messaging, endpoints } = parts
  const client = consoleClient({
    endpoint: door.endpoint,
    dynamoDbEndpoint: endpoints.dynamoDb,
    publications: messaging.publications,
    clock: systemClock,
  })
  const console = openConsole({ client, clock: systemClock })
  onStop(() => client.close())
  onStop(() => console.stop())
  door.page.serveConsole(console)
  door.page.ready(outputs)
  return { endpoint: door.endpoint, outputs, resumed }
}

/** The port, which answers from now on how far the start has come. */
async function openDoor({ port = 0, host }: LocalOptions, onStop: OnStop) {
  const { server, endpoint } = await listen(port, host)
  onStop(() => closeServer(server))
  const page = frontPage(endpoint, VERSION)
  serve(server, undefined, page)
  return { server, endpoint, page }
}
type Door = Awaited<ReturnType<typeof openDoor>>

interface Surroundings {
  folder: DataFolder
  onStop: OnStop
}

/** What resources are made in, and what is to be started once they are all made. */
async function startParts({ onLog = () => {}, onPublish }: LocalOptions, door: Door, { folder, onStop }: Surroundings) {
  const dynamoDb = await openStore(folder.events, (path) => startDynamoDb(path))
  onStop(() => dynamoDb.stop())
  const lambda = lambdaHost(onLog)
  const messaging = await openStore(folder.messages, (path) => startMessaging(door.endpoint, path, { lambda, onLog }))
  onStop(() => messaging.stop())
  if (onPublish) messaging.publications.listen(onPublish)
  const bus = eventBus(lambda.invoke)
  const machines = await openStore(folder.executions, (file) =>
    stepFunctions({ invoke: lambda.invoke, onChange: bus.executionChanged, file }),
  )
  onStop(() => lambda.stop())
  // Before the functions: executions that only fail because we stop must not be recorded as failed.
  onStop(() => machines.stop())
  serveParts(door, { dynamoDb, messaging, stepFunctions: machines }, onStop)

  const starts: (() => { stop(): unknown })[] = []
  const whenComplete = (each: (typeof starts)[number]) => void starts.push(each)
  const endpoints = { gateway: door.endpoint, dynamoDb: dynamoDb.endpoint }
  return { messaging, lambda, stepFunctions: machines, bus, endpoints, whenComplete, starts }
}

/** What a store says when its files are damaged, or may not be read, is for those who know its insides. */
async function openStore<Store>(path: string | undefined, open: (path?: string) => Store | Promise<Store>) {
  try {
    return await open(path)
  } catch (cause) {
    if (path === undefined) throw cause
    throw new CannotStart(
      `${path} cannot be opened (${(cause as Error).message}): choose another --data, or begin anew with --fresh`,
      { cause },
    )
  }
}

interface Served {
  dynamoDb: DynamoDb
  messaging: Messaging
  stepFunctions: StepFunctions
}

function serveParts({ server, page }: Door, { dynamoDb, messaging, stepFunctions }: Served, onStop: OnStop): void {
  const proxy = dynamoDbProxy(dynamoDb.endpoint)
  onStop(() => proxy.stop())
  const services = {
    ...messaging.services,
    dynamodb: proxy.handle,
    states: jsonService('Step Functions', stepFunctions.api),
  }
  serve(server, services, page)
}

async function closeServer(server: Door['server']): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  server.closeAllConnections()
  await closed
}
