import { createRequire, Module } from 'node:module'
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { giveBackWhenIdle } from '../idle-memory.ts'
import type { InvokeMessage, LambdaError, LogLevel, ThreadData, ThreadMessage } from './messages.ts'
import { logBuffer, redirectConsole } from './thread-console.ts'

// The inside of a function's thread: loads the deployed bundle and answers invocations, many at a time.

/** `_compile` has been what loads CommonJS since ever, but has no type; with `node:vm`, `import()` would be experimental. */
type CompilableModule = Module & { _compile(code: string, filename: string): void; exports: Record<string, unknown> }
type Handler = (event: unknown, context: object) => unknown

const data = workerData as ThreadData
const port = parentPort as MessagePort
const post = (message: ThreadMessage) => port.postMessage(message)

const leastLogLevel = (process.env.AWS_LAMBDA_LOG_LEVEL ?? 'DEBUG').toLowerCase() as LogLevel
const logs = logBuffer((records) => post({ kind: 'logs', records }))
redirectConsole(leastLogLevel, logs.add)
const handler = load()
let running = 0
giveBackWhenIdle(() => running > 0)
post({ kind: 'loaded' })
port.on('message', async (message: InvokeMessage) => {
  running++
  const answer = await invoke(message)
  running--
  // What was logged belongs before it.
  logs.flush()
  post(answer)
})

function load(): Handler {
  const module = new Module(data.filename) as CompilableModule
  module.filename = data.filename
  // So that what a bundle leaves out is found among the packages of the repository.
  module.paths = createRequire(data.filename).resolve.paths('x') ?? []
  module._compile(data.code, data.filename)
  const found = module.exports[data.exportName]
  if (typeof found !== 'function') throw new Error(`${data.name} exports no function "${data.exportName}"`)
  return found as Handler
}

async function invoke({ id, payload, deadlineAtMs }: InvokeMessage): Promise<ThreadMessage> {
  try {
    const result = await handler(JSON.parse(payload), contextOf(id, deadlineAtMs))
    return { kind: 'done', id, payload: JSON.stringify(result) ?? 'null' }
  } catch (error) {
    return { kind: 'failed', id, error: describe(error) }
  }
}

const contextOf = (id: string, deadlineAtMs: number) => ({
  awsRequestId: id,
  callbackWaitsForEmptyEventLoop: true,
  functionName: data.name,
  functionVersion: '$LATEST',
  invokedFunctionArn: data.arn,
  logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
  logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
  memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
  getRemainingTimeInMillis: () => Math.max(0, deadlineAtMs - Date.now()),
})

function describe(error: unknown): LambdaError {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error) }
  return { errorType: error.name, errorMessage: error.message, trace: error.stack?.split('\n') ?? [] }
}
