import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { type ConsoleOptions, consoleApp } from './app.ts'
import { pageFiles } from './page-files.ts'

/** A console that is served by somebody's server. */
export interface ServedConsole {
  /** Answers a request for `/console` or below it. */
  answer(request: IncomingMessage, response: ServerResponse): void
  stop(): void
}

/** The console for a server of Node: its page is compiled when it is first asked for. */
export function openConsole(options: Omit<ConsoleOptions, 'page'>): ServedConsole {
  let opening: ReturnType<typeof opened> | undefined
  const opened = async () => {
    const { app, stop } = consoleApp({ ...options, page: await pageFiles() })
    return { listen: getRequestListener(app.fetch), stop }
  }
  return {
    answer(request, response) {
      opening ??= opened()
      opening
        .then(({ listen }) => listen(request, response))
        .catch((fault) => {
          opening = undefined
          response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' }).end(`${fault}\n`)
        })
    },
    stop: () => void opening?.then(({ stop }) => stop()),
  }
}

/** Whether a request is for the console. */
export function isForConsole({ url = '' }: IncomingMessage): boolean {
  return /^\/console(?:[/?#]|$)/.test(url)
}
