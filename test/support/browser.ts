import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'

/** Where Debian puts it. */
const CHROMIUM = '/usr/bin/chromium'

export const HAS_CHROMIUM = existsSync(CHROMIUM)

const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: ARGS })
}

/** A page that notes all that it should not do: errors, warnings, and requests that leave this machine. */
export async function watchedPage(
  browser: Browser,
  size = { width: 1_440, height: 900 },
): Promise<{ page: Page; wrong: string[] }> {
  const page = await browser.newPage({ viewport: size })
  const wrong: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) wrong.push(`${message.type()}: ${message.text()}`)
  })
  page.on('pageerror', ({ message }) => wrong.push(message))
  page.on('request', (request) => {
    const { hostname, protocol } = new URL(request.url())
    if (protocol !== 'data:' && hostname !== '127.0.0.1') wrong.push(`a request to ${request.url()}`)
  })
  return { page, wrong }
}
