import { Agent, request } from 'node:http'

export interface Reply {
  status: number
  body: string
}

/**
 * A thin HTTP client for one endpoint: on two cores, what the SDK costs publisher and receiver would be measured as
 * lateness of what lies between them.
 */
export function endpointClient(endpoint: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  const { hostname, port } = new URL(endpoint)
  return {
    post(path: string, headers: Record<string, string>, body: string): Promise<Reply> {
      return new Promise((resolve, reject) => {
        const length = { 'content-length': Buffer.byteLength(body) }
        const sent = request({ agent, hostname, port, path, method: 'POST', headers: { ...headers, ...length } })
        sent.on('error', reject)
        sent.on('response', (response) => {
          let text = ''
          response.setEncoding('utf8')
          response.on('data', (chunk) => {
            text += chunk
          })
          response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }))
          response.on('error', reject)
        })
        sent.end(body)
      })
    },
    close: () => agent.destroy(),
  }
}
export type EndpointClient = ReturnType<typeof endpointClient>
