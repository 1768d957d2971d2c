import { EventEmitter } from 'node:events'
import { expect } from 'chai'
import sinon from 'sinon'
import { stopOnSignals } from '../../../local/process/stop-signals.ts'

describe('stopping on a signal', () => {
  const start = () => {
    const signals = new EventEmitter()
    const stop = sinon.spy()
    const exit = sinon.spy()
    let nowMs = 0
    const on = signals.on.bind(signals)
    const stopOnce = stopOnSignals(stop, { on, exit }, () => nowMs)
    return {
      stop,
      exit,
      stopOnce,
      signal(signal: NodeJS.Signals, atMs: number) {
        nowMs = atMs
        signals.emit(signal)
      },
    }
  }

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    it(`happens in order at the first ${signal}`, () => {
      const stack = start()
      stack.signal(signal, 0)
      sinon.assert.calledOnceWithExactly(stack.stop, signal)
      sinon.assert.notCalled(stack.exit)
    })
  }

  it('happens at once at a second signal, with the exit code that shells give it', () => {
    const stack = start()
    stack.signal('SIGINT', 0)
    stack.signal('SIGTERM', 500)
    sinon.assert.calledOnce(stack.stop)
    sinon.assert.calledOnceWithExactly(stack.exit, 143)
  })

  it('takes a second signal within half a second for the echo of the first, which npm hands on', () => {
    const stack = start()
    stack.signal('SIGINT', 0)
    stack.signal('SIGINT', 499)
    sinon.assert.calledOnce(stack.stop)
    sinon.assert.notCalled(stack.exit)
  })

  it('happens once, whatever else asks for it', () => {
    const stack = start()
    stack.stopOnce('npm has ended')
    stack.stopOnce('npm has ended')
    expect(stack.stop.args).to.deep.equal([['npm has ended']])
    stack.signal('SIGTERM', 1_000)
    sinon.assert.calledOnce(stack.exit)
  })
})
