import { expect } from 'chai'
import { createSandbox, type SinonStub } from 'sinon'
import { log } from '../../aws/log.ts'

describe('what functions say', () => {
  const sandbox = createSandbox()
  const lines = (method: keyof typeof log) => (console[method] as SinonStub).args.map(([line]) => line)
  beforeEach(() => {
    for (const method of ['debug', 'info', 'warn', 'error'] as const) sandbox.stub(console, method)
  })
  afterEach(() => sandbox.restore())

  it('are lines of one object each, whose level is the console’s', () => {
    log.debug('accepted', { id: 'a' })
    log.info('settled')
    log.warn('late', { slot: 's' })
    log.error('failed', { reason: 'r' })
    expect(lines('debug')).to.deep.equal([{ message: 'accepted', id: 'a' }])
    expect(lines('info')).to.deep.equal([{ message: 'settled' }])
    expect(lines('warn')).to.deep.equal([{ message: 'late', slot: 's' }])
    expect(lines('error')).to.deep.equal([{ message: 'failed', reason: 'r' }])
  })
})
