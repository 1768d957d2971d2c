import { Server } from 'node:http'
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
