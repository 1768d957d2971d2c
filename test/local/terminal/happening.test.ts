import { expect } from 'chai'
import { happeningOf } from '../../../local/terminal/happening.ts'

describe('what is told of a record that a function logs', () => {
  it('is all of it when it is of an event, whatever its level', () => {
    const details = { id: 'a', lateMs: 3 }
    expect(happeningOf('debug', { message: 'delivered', ...details }, 'fn')).to.deep.equal({
      what: 'delivered',
      ...details,
    })
  })

  for (const level of ['warn', 'error'] as const) {
    it(`is who said it when it is of level ${level}`, () => {
      const record = { level: 'x', timestamp: 'y', message: 'careful', times: 2 }
      expect(happeningOf(level, record, 'fn')).to.deep.equal({
        what: level,
        function: 'fn',
        message: 'careful',
        times: 2,
      })
    })
  }

  it('is nothing otherwise', () => {
    expect(happeningOf('info', { message: 'swept', slots: 3 }, 'fn')).to.equal(undefined)
  })
})
