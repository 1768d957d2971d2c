import type { IncomingMessage, ServerResponse } from 'node:http'
import { clientEnvironment } from '../aws-account.ts'

/** How the stack stands, for people and for health checks. */
interface Standing {
  status: 'starting' | 'ready'
  /** What is being done, while it starts. */
  step?: string
  version: string
  endpoint: string
  /** The outputs of the stack, ARNs among them. Empty until it is ready. */
  outputs: Record<string, unknown>
  links: { home: string; health: string }
}

/** Answers `GET /` and `GET /health`: 503 while the stack starts, 200 once it is ready; JSON to who asks for it, else text. */
export function frontPage(endpoint: string, version: string) {
  const links = { home: `${endpoint}/`, health: `${endpoint}/health` }
  let standing: Standing = { status: 'starting', version, endpoint, outputs: {}, links }

  return {
    starting(step: string): void {
      standing = { ...standing, step }
    },
    ready(outputs: Record<string, unknown>): void {
      standing = { status: 'ready', version, endpoint, outputs, links }
    },
    /** @returns whether the request was for one of these pages */
    answer({ method, url = '/', headers }: IncomingMessage, response: ServerResponse): boolean {
      const [path = ''] = url.split('?')
      if ((method !== 'GET' && method !== 'HEAD') || !['/', '/health'].includes(path)) return false
      const json = headers.accept?.includes('json')
      response.writeHead(standing.status === 'ready' ? 200 : 503, {
        'content-type': json ? 'application/json' : 'text/plain; charset=utf-8',
        'cache-control': 'no-store',
        ...(standing.status === 'starting' && { 'retry-after': '1' }),
      })
      response.end(json ? `${JSON.stringify(standing, null, 2)}\n` : inWords(standing))
      return true
    },
  }
}
export type FrontPage = ReturnType<typeof frontPage>

function inWords({ status, step, version, endpoint, outputs, links }: Standing): string {
  const head = `aws-scheduler ${version} on this machine, for development: ${status}${step ? ` (${step})` : ''}`
  // Policy documents are for programs.
  const arns = Object.entries(outputs).filter(([, value]) => typeof value === 'string' && !value.startsWith('{'))
  const width = Math.max(0, ...arns.map(([name]) => name.length))
  const sections = [
    [head],
    arns.map(([name, value]) => `${name.padEnd(width)}  ${value}`),
    ['To use it with an AWS SDK or the AWS CLI:', ...exports(endpoint)],
    [`Readiness: ${links.health} (200 or 503). Ask with "Accept: application/json" for the same as JSON.`],
  ]
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`
}

const exports = (endpoint: string) =>
  Object.entries(clientEnvironment(endpoint)).map(([name, value]) => `export ${name}=${value}`)
