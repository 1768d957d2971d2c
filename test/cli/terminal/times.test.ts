import { expect } from 'chai'
import { showTime } from '../../../cli/terminal/times.ts'

const NOW_MS = Date.parse('2026-11-23T12:34:56.789Z')
const relative = (deltaMs: number) => showTime(NOW_MS + deltaMs, { time: 'relative', nowMs: NOW_MS })

describe('a time for people', () => {
  it('is ISO 8601 in UTC, or local with milliseconds', () => {
    expect(showTime(NOW_MS, { time: 'iso', nowMs: 0 })).to.equal('2026-11-23T12:34:56.789Z')
    expect(showTime(NOW_MS, { time: 'local', nowMs: 0 })).to.match(/^2026-11-2[34] \d\d:\d\d:56\.789$/)
  })

  it('is relative in two units', () => {
    expect(relative(0)).to.equal('now')
    expect(relative(1)).to.equal('in 1ms')
    expect(relative(3_900_000)).to.equal('in 1h 5m')
    expect(relative(-90_061_001)).to.equal('1d 1h ago')
    expect(relative(-3_020)).to.equal('3s 20ms ago')
  })

  it('is nothing where there is none', () => {
    expect(showTime(undefined, { time: 'iso', nowMs: 0 })).to.equal('')
  })
})
