import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { REGION } from '../aws-account.ts'
import { AwsError } from './aws-error.ts'
import { answerError, answerJson, bodyOf, parseObject } from './json-protocol.ts'
import { operationOf, serviceOf } from './route.ts'

export type Handle = (request: IncomingMessage, response: ServerResponse) => unknown
/** A service's calls by name, in AWS's JSON protocol. */
export type JsonApi = Record<string, (request: Record<string, unknown>) => unknown>

/** Binds before there is anything to serve: the functions must know the port. */
export async function listen(port: number): Promise<{ server: Server; endpoint: string }> {
  const server = createServer()
  // SDK clients keep connections: were idle ones closed, the next publish might meet a closed one.
  server.keepAliveTimeout = 600_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, port)))
    server.listen(port, '127.0.0.1', resolve)
  })
  return { server, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

function explain(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code !== 'EADDRINUSE') return error
  return new Error(`port ${port} is in use: stop what uses it, or choose another with --port (0 takes any free one)`)
}

/** Serves every request to the service that it was signed for. */
export function serve(server: Server, services: Record<string, Handle>): void {
  server.on('request', (request, response) => {
    const answer = (error: unknown) => answerError(request, response, error)
    try {
      const service = serviceOf(request)
      if (!service) return welcome(request, response)
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

function welcome(request: IncomingMessage, response: ServerResponse): void {
  if (request.method !== 'GET') throw new AwsError('MissingAuthenticationToken', 'the request names no service', 403)
  response.writeHead(200, { 'content-type': 'text/plain' })
  response.end('aws-scheduler, local stack: use it with an AWS SDK or the AWS CLI and AWS_ENDPOINT_URL\n')
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
