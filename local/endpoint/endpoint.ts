import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { REGION } from '../aws-account.ts'
import { CannotStart } from '../cannot-start.ts'
import { AwsError } from './aws-error.ts'
import type { FrontPage } from './front-page.ts'
import { answerError, answerJson, bodyOf, parseObject } from './json-protocol.ts'
import { operationOf, serviceOf } from './route.ts'

export type Handle = (request: IncomingMessage, response: ServerResponse) => unknown
/** A service's calls by name, in AWS's JSON protocol. */
export type JsonApi = Record<string, (request: Record<string, unknown>) => unknown>

/**
 * Binds before there is anything to serve: the functions must know the port, and readiness can be asked for.
 * Throws CannotStart.
 * @param port 0 for any free one
 */
export async function listen(port: number, host = '127.0.0.1'): Promise<{ server: Server; endpoint: string }> {
  const server = createServer()
  // SDK clients keep connections: were idle ones closed, the next publish might meet a closed one.
  server.keepAliveTimeout = 600_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, port, host)))
    server.listen(port, host, resolve)
  })
  return { server, endpoint: endpointOf(server.address() as AddressInfo, host) }
}

/** Where this machine reaches a server that listens on `host`. */
function endpointOf({ port }: AddressInfo, host: string): string {
  if (host === '0.0.0.0' || host === '::') return `http://127.0.0.1:${port}`
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

function explain(error: NodeJS.ErrnoException, port: number, host: string): Error {
  const reasons: Record<string, string> = {
    EADDRINUSE: `port ${port} is in use: stop what uses it, or choose another with --port (0 takes any free one)`,
    EACCES: `port ${port} may not be used by this user: choose one from 1024 on with --port`,
    EADDRNOTAVAIL: `${host} is no address of this machine: choose another --host, such as 127.0.0.1`,
    ENOTFOUND: `there is no host "${host}": choose another --host, such as 127.0.0.1`,
    EAI_AGAIN: `there is no host "${host}": choose another --host, such as 127.0.0.1`,
  }
  return new CannotStart(reasons[error.code ?? ''] ?? `cannot listen on ${host}:${port}: ${error.message}`, {
    cause: error,
  })
}

/**
 * Serves every request to the service that it was signed for, and the rest to the front page.
 * @param services undefined while there are none yet; may be called again when there are
 */
export function serve(server: Server, services?: Record<string, Handle>, page?: FrontPage): void {
  server.removeAllListeners('request')
  server.on('request', (request, response) => {
    const answer = (error: unknown) => answerError(request, response, error)
    try {
      const service = serviceOf(request)
      if (!service && page?.answer(request, response)) return
      if (!service) throw new AwsError('MissingAuthenticationToken', 'the request names no service', 403)
      if (!services) throw new AwsError('ServiceUnavailable', 'the local stack is starting', 503)
      const handle = services[service]
      if (!handle) throw new AwsError('UnknownService', sorry(service, Object.keys(services)), 501)
      Promise.resolve(handle(inRegion(request), response)).catch(answer)
    } catch (error) {
      answer(error)
    }
  })
}

const sorry = (service: string, known: string[]) =>
  `the local stack has no service "${service}", only ${known.join(', ')}: what its program does not use does not exist`

/** There is one region here, whatever a client's configuration says: names must mean the same to everyone. */
function inRegion(request: IncomingMessage): IncomingMessage {
  const { headers } = request
  if (headers.authorization) {
    headers.authorization = headers.authorization.replace(/(Credential=[^/]+\/\d{8}\/)[^/]+/, `$1${REGION}`)
  }
  return request
}

/** A service of our own as the gateway wants it. */
export function jsonService(name: string, api: JsonApi): Handle {
  return async (request, response) => {
    const operation = operationOf(request)
    const call = Object.hasOwn(api, operation) ? api[operation] : undefined
    if (!call) throw new AwsError('UnknownOperationException', `the local ${name} has no ${operation || 'such call'}`)
    answerJson(response, 200, await call(parseObject(await bodyOf(request))))
  }
}
