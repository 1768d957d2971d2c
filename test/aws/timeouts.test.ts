import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { expect } from 'chai'
import { documentClient, eventsTable } from '../../aws/events-table.ts'
import { expressLane } from '../../aws/express-lane.ts'
import { runners, sfnClient } from '../../aws/runners.ts'
import { systemClock } from '../../aws/system-clock.ts'
import { timeouts } from '../../aws/timeouts.ts'
import { snsClient, topics } from '../../aws/topics.ts'
import { anEvent, topicArn } from '../support/builders.ts'

/** Every call gives up on a connection after this long in these tests, ms. */
const ANSWER_MS = 40

const ARN = 'arn:aws:states:us-east-1:123456789012:stateMachine:machine'

/** What each gateway asks of AWS, by name; what its answer looks like on the wire is the same for all: nothing in it. */
const CALLS: Record<string, (config: object) => () => Promise<unknown>> = {
  'the table, reading': (config) => () => table(config).runnerRecord('2026-11-23T12-34Z-00'),
  'the table, writing': (config) => () => table(config).park([anEvent()]),
  'the table, querying': (config) => () =>
    Array.fromAsync(table(config).eventsBetween('2026-11-23T12-34Z-00', '', '~')),
  'the runners': (config) => () => runners(sfnClient(config), ARN).start('name', '{}'),
  'the express lane': (config) => () =>
    expressLane(sfnClient(config), ARN).deliver('2026-11-23T12:34:56Z', [anEvent()]),
  'the topics': (config) => () => topics(snsClient(config)).publish(topicArn(), [anEvent()]),
  'the failure topics': (config) => () => topics(snsClient(config)).notify(topicArn(), { body: '{}', attributes: {} }),
}

function table(config: object) {
  const client = documentClient(Math.random, config)
  return eventsTable({ client, tableName: 'events', clock: systemClock, random: Math.random, retentionDays: 7 })
}

/** A server that does with the bytes of each connection what it is told. */
async function serving(onRequest: (socket: Socket, request: number) => void) {
  const sockets = new Set<Socket>()
  let requests = 0
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('data', () => onRequest(socket, ++requests))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    config: {
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      region: 'us-east-1',
      credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
    },
    requests: () => requests,
    stop() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

type Options = ReturnType<typeof timeouts>

const impatient = (config: object) => {
  const once = { maxAttempts: 1, retryStrategy: undefined }
  return { ...config, ...once, requestHandler: timeouts(ANSWER_MS) }
}

/** What came of a call: the name of what it threw, or what it answered. */
const outcomeOf = async (call: Promise<unknown>) =>
  call.then(
    (answer) => JSON.stringify(answer),
    (error: Error) => `${error.name}: ${error.message} ${String(error.cause ?? '')}`,
  )

describe('a call to AWS', () => {
  for (const [name, calling] of Object.entries(CALLS)) {
    it(`ends when nothing answers: ${name}`, async () => {
      const server = await serving(() => {})
      const outcome = await outcomeOf(calling(impatient(server.config))())
      expect(outcome).to.match(/timeout|timed out/i)
      server.stop()
    })

    it(`ends when the answer stops half-way: ${name}`, async () => {
      const server = await serving((socket) => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.0\r\ncontent-length: 100\r\n\r\n{"half')
      })
      const outcome = await outcomeOf(calling(impatient(server.config))())
      expect(outcome).to.match(/timed out|aborted/i)
      server.stop()
    })
  }

  it('of a topic goes out again at once when its connection was closed while idle', async () => {
    const body = '<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>'
    const answer = `HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\ncontent-length: ${body.length}\r\n\r\n${body}`
    // The second request finds a connection that is closed by the time it arrives.
    const server = await serving((socket, request) => (request === 2 ? socket.resetAndDestroy() : socket.write(answer)))
    const port = topics(snsClient(server.config))
    expect(await port.notify(topicArn(), { body: 'first', attributes: {} })).to.deep.equal({ ok: true })
    expect(await port.notify(topicArn(), { body: 'second', attributes: {} })).to.deep.equal({ ok: true })
    expect(server.requests()).to.equal(3)
    server.stop()
  })

  it('of the table or an execution goes out again when its connection was closed while idle', async () => {
    const answer = 'HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.0\r\ncontent-length: 2\r\n\r\n{}'
    const server = await serving((socket, request) =>
      request % 3 === 2 ? socket.resetAndDestroy() : socket.write(answer),
    )
    const [port, machine] = [table(server.config), runners(sfnClient(server.config), ARN)]
    for (let i = 0; i < 2; i++) expect(await port.runnerRecord('2026-11-23T12-34Z-00')).to.include({ runs: 1 })
    for (let i = 0; i < 2; i++) expect(await machine.start('name', '{}')).to.equal(true)
    server.stop()
  })

  it('is given up long before the function that makes it would be', async () => {
    for (const { config } of [documentClient(Math.random), sfnClient(), snsClient()]) {
      const { configProvider } = config.requestHandler as unknown as { configProvider: Promise<Options> }
      const options = await configProvider
      expect(options.throwOnRequestTimeout).to.equal(true)
      expect(options.requestTimeout).to.be.within(1_000, 10_000)
      expect(options.socketTimeout).to.equal(options.requestTimeout)
    }
  })

  it('has room beside two hundred others to the table', async () => {
    const { configProvider } = documentClient(Math.random).config.requestHandler as unknown as {
      configProvider: Promise<{ httpsAgent: { maxSockets: number } }>
    }
    expect((await configProvider).httpsAgent.maxSockets).to.equal(200)
  })
})
