import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buildCommand, numberParser } from '@stricli/core'
import { openConsole } from '../../console/server/listener.ts'
import { SchedulerError } from '../../core/errors.ts'
import type { Cli } from '../cli.ts'
import { STACK_FLAGS, type StackFlags } from '../flags.ts'

interface Flags extends StackFlags {
  port: number
  readOnly?: boolean
  hidePayloads?: boolean
}

const flag = (brief: string) => ({ kind: 'boolean', optional: true, withNegated: false, brief }) as const

export const console = buildCommand<Flags, [], Cli>({
  parameters: {
    flags: {
      port: {
        kind: 'parsed',
        parse: numberParser,
        default: '4567',
        brief: 'Port on this machine; 0 takes any free one',
        placeholder: 'port',
      },
      readOnly: flag('Nothing can be changed'),
      hidePayloads: flag('Payloads are not shown'),
      ...STACK_FLAGS,
    },
  },
  docs: {
    customUsage: ['--stack name [--read-only] [--hide-payloads] [--port port]'],
    brief: 'Serves a page on this machine to look at events in a browser',
    fullDescription: `With your own credentials, which the browser never sees. Of the local stack it is at /console already.

  aws-scheduler console --stack prod --read-only`,
  },
  async func({ port, readOnly = false, hidePayloads = false, ...flags }) {
    const client = await this.client(flags)
    // It fails now, in a sentence, if there is no such stack.
    await client.stack()
    const served = openConsole({ client, clock: this.clock, readOnly, hidePayloads })
    const server = createServer((request, response) => {
      if (request.url === '/') response.writeHead(302, { location: '/console' }).end()
      else served.answer(request, response)
    })
    const ended = new Promise<void>((resolve, reject) => {
      server.once('error', ({ code }: NodeJS.ErrnoException) =>
        reject(
          new SchedulerError('INPUT_INVALID', `Port ${port} cannot be used (${code}): choose another with --port.`),
        ),
      )
      this.signal.addEventListener('abort', () => resolve(), { once: true })
    })
    server.listen(port, '127.0.0.1', () =>
      this.process.stderr.write(
        `http://127.0.0.1:${(server.address() as AddressInfo).port}/console  Ctrl-C ends it.\n`,
      ),
    )
    await ended
    served.stop()
    server.closeAllConnections()
    server.close()
  },
})
