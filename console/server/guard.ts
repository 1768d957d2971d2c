import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'

/** The header with which the page proves that it is ours when it changes something. */
export const TOKEN_HEADER = 'x-console-token'

/** A token for the life of the process. */
export function newToken(): string {
  return randomBytes(24).toString('base64url')
}

/** What the page may load and call: itself, and nothing else. */
const CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Names under which this machine reaches itself: another name in `Host` is that of a page that rebinds its own. */
const OWN_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/

/**
 * Keeps others out: pages of other origins, also those whose name has been pointed to this machine (DNS rebinding), and
 * whoever does not know the token that the page was given, where something is to be changed.
 */
export function guard({ token, readOnly }: { token: string; readOnly: boolean }): MiddlewareHandler {
  return async (c, next) => {
    const host = c.req.header('host') ?? ''
    if (!OWN_HOST.test(host))
      return c.json(refusal(`Host ${host} is not this machine: open the console at 127.0.0.1.`), 403)
    const origin = c.req.header('origin')
    if (origin !== undefined && origin !== `http://${host}`)
      return c.json(refusal(`Origin ${origin} is not the console's own.`), 403)
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD') {
      if (readOnly)
        return c.json(refusal('This console is read-only: start it without --read-only to change something.'), 403)
      if (!isSame(c.req.header(TOKEN_HEADER), token))
        return c.json(refusal('The token is missing or stale: reload the page.'), 403)
    }
    await next()
    c.header('content-security-policy', CSP)
    c.header('x-content-type-options', 'nosniff')
    c.header('referrer-policy', 'no-referrer')
    c.header('cross-origin-resource-policy', 'same-origin')
    c.header('cache-control', 'no-store')
  }
}

/** What is refused, as the page reads it. */
export function refusal(error: string, code = 'REFUSED') {
  return { code, error }
}

function isSame(given: string | undefined, token: string): boolean {
  const [a, b] = [Buffer.from(given ?? ''), Buffer.from(token)]
  return a.length === b.length && timingSafeEqual(a, b)
}
