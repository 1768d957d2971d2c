import { Agent, createServer, type ServerResponse, request as send } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answerParent } from './child.ts'

// Stands before SNS: answers publishes to a topic late or not at all, by the topic's name.

const SLOW_MS = 2_000
const FAILURE =
  '<ErrorResponse><Error><Code>InternalError</Code><Message>out of order</Message></Error></ErrorResponse>'

let target = ''
const agent = new Agent({ keepAlive: true })

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => {
    const body = Buffer.concat(chunks)
    const head = body.toString('utf8', 0, 400)
    if (head.includes('bench-failing')) return fail(response)
    const forwardAll = () => forward(request.headers, body, response)
    if (head.includes('bench-slow')) setTimeout(forwardAll, SLOW_MS)
    else forwardAll()
  })
})
server.keepAliveTimeout = 600_000
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

function fail(response: ServerResponse): void {
  response.writeHead(500, { 'content-type': 'text/xml' })
  response.end(FAILURE)
}

function forward(headers: NodeJS.Dict<string | string[]>, body: Buffer, response: ServerResponse): void {
  const upstream = send(target, { agent, method: 'POST', headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 500, answer.headers)
    answer.pipe(response)
  })
  upstream.on('error', () => fail(response))
  upstream.end(body)
}

answerParent(
  {
    forwardTo(endpoint: string) {
      target = endpoint
    },
    stop: () => server.closeAllConnections(),
  },
  { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
)
