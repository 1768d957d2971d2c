import { type IncomingMessage, Server, ServerResponse } from 'node:http'
import { expect } from 'chai'
import sinon from 'sinon'
import { warmUpWith } from '../../aws/warm-up.ts'
import { MINUTE_MS } from '../support/builders.ts'
import { fakeClock } from '../support/fake-clock.ts'
import { logRecorder } from '../support/recorders.ts'

describe('warming up', () => {
  const make = () => {
    const log = logRecorder()
    const clock = fakeClock(MINUTE_MS)
    return { warmUp: warmUpWith({ clock, log }), clock, log }
  }
  afterEach(() => sinon.restore())

  it('publishes batches that all succeed, to nobody outside the process', async () => {
    const { warmUp, log } = make()
    const listen = sinon.spy(Server.prototype, 'listen')
    expect(await warmUp(MINUTE_MS + 1)).to.equal(300)
    expect(listen.args).to.deep.equal([[0, '127.0.0.1']])
    expect(log.lines).to.deep.equal([])
  })

  it('is done once per instance, however many segments begin', async () => {
    const { warmUp } = make()
    const listen = sinon.spy(Server.prototype, 'listen')
    await Promise.all([warmUp(MINUTE_MS + 1), warmUp(MINUTE_MS + 1)])
    await warmUp(MINUTE_MS + 1)
    expect(listen.callCount).to.equal(1)
  })

  it('sends batches of ten messages, which are answered as SNS answers', async () => {
    const { warmUp } = make()
    const requests = recordRequests()
    const end = sinon.spy(ServerResponse.prototype, 'end')
    const setHeader = sinon.spy(ServerResponse.prototype, 'setHeader')
    await warmUp(MINUTE_MS + 1)
    const bodies = requests.map((chunks) => new URLSearchParams(Buffer.concat(chunks).toString()))
    expect(bodies).to.have.length(300)
    for (const body of bodies) {
      expect(body.get('TopicArn')).to.match(/^arn:aws:sns:/)
      for (let i = 1; i <= 10; i++) {
        const entry = `PublishBatchRequestEntries.member.${i}`
        expect(body.get(`${entry}.Message`)).to.have.length(200)
        expect(body.get(`${entry}.MessageAttributes.entry.1.Value.StringValue`)).to.equal(`warm-up-${i - 1}`)
      }
    }
    const answer = String(end.args[0]?.[0])
    expect(answer).to.match(/^<PublishBatchResponse .*<Successful>(<member>.*?<\/member>){10}<\/Successful>/)
    expect(setHeader.args).to.deep.include(['content-type', 'text/xml'])
  })

  it('leaves nothing open', async () => {
    const { warmUp } = make()
    const listen = sinon.spy(Server.prototype, 'listen')
    await warmUp(MINUTE_MS + 1)
    const [server] = listen.thisValues as [Server]
    expect(server.listening).to.equal(false)
    expect(await new Promise((resolve) => server.getConnections((_, count) => resolve(count)))).to.equal(0)
  })

  it('counts the batches that were published whole', async () => {
    const { warmUp } = make()
    const failed = '<Failed><member><Id>0</Id><Code>InternalError</Code></member></Failed>'
    const { end } = ServerResponse.prototype
    sinon.stub(ServerResponse.prototype, 'end').callsFake(function (this: ServerResponse, answer: unknown) {
      return end.call(this, String(answer).replace('</PublishBatchResult>', `${failed}$&`), 'utf8')
    })
    expect(await warmUp(MINUTE_MS + 1)).to.equal(0)
  })

  it('ends when events have to be read', async () => {
    const { warmUp, clock } = make()
    const warmed = warmUp(MINUTE_MS + 1)
    clock.shift(1)
    expect(await warmed).to.be.lessThan(300)
  })

  it('is left to the next segment where there is no time for it', async () => {
    const { warmUp } = make()
    expect(await warmUp(MINUTE_MS)).to.equal(0)
    expect(await warmUp(MINUTE_MS + 1)).to.equal(300)
  })

  it('hinders nobody when it fails', async () => {
    const { warmUp, log } = make()
    sinon.stub(Server.prototype, 'listen').callsFake(function (this: Server) {
      queueMicrotask(() => this.emit('error', new Error('no port')))
      return this
    })
    expect(await warmUp(MINUTE_MS + 1)).to.equal(0)
    expect(log.of('no warm-up')).to.deep.equal([{ level: 'warn', message: 'no warm-up', error: 'Error: no port' }])
  })
})

/** The bodies of all requests that servers of this process get from now on, in chunks. */
function recordRequests(): Buffer[][] {
  const requests: Buffer[][] = []
  const emit = Server.prototype.emit as (this: Server, event: string | symbol, ...args: unknown[]) => boolean
  sinon.stub(Server.prototype, 'emit').callsFake(function (this: Server, event: string | symbol, ...args: unknown[]) {
    if (event === 'request') {
      const chunks: Buffer[] = []
      requests.push(chunks)
      const [request] = args as [IncomingMessage]
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
    }
    return emit.call(this, event, ...args)
  })
  return requests
}
