import { expect } from 'chai'
import { queueClock } from '../../../functions/validator/queue-clock.ts'
import { MINUTE_MS } from '../../support/builders.ts'
import { fakeClock } from '../../support/fake-clock.ts'

const HOUR_MS = 3_600_000
/** By the clock of the queue it is `MINUTE_MS`. */
const handedOut = (count: number, firstMs = MINUTE_MS) => ({
  SentTimestamp: String(MINUTE_MS - 100),
  ApproximateReceiveCount: String(count),
  ApproximateFirstReceiveTimestamp: String(firstMs),
})

describe('the clock of a validator', () => {
  it('shows its own time where that is right', () => {
    const clock = queueClock(fakeClock(MINUTE_MS + 5_000))
    expect([clock.begin([handedOut(1)]), clock.now()]).to.deep.equal(['right', MINUTE_MS + 5_000])
  })

  it('is never behind that of the queue, whichever message of the batch tells it', () => {
    const clock = queueClock(fakeClock(MINUTE_MS - 2 * HOUR_MS))
    clock.begin([handedOut(3, MINUTE_MS - HOUR_MS), handedOut(1)])
    expect(clock.now()).to.equal(MINUTE_MS)
  })

  it('goes on when it is set right', async () => {
    const own = fakeClock(MINUTE_MS - HOUR_MS)
    const clock = queueClock(own)
    clock.begin([handedOut(1)])
    await own.advanceTo(MINUTE_MS + 1)
    expect(clock.now()).to.equal(MINUTE_MS + 1)
  })

  it('is ahead when a message that is handed out first was so longer ago than 242 seconds', () => {
    for (const [afterMs, is] of [
      [242_000, 'right'],
      [242_001, 'ahead'],
    ] as const)
      expect(queueClock(fakeClock(MINUTE_MS + afterMs)).begin([handedOut(1), handedOut(9, 1)])).to.equal(is)
  })

  it('stays ahead for messages that come back, until it is set right', () => {
    const own = { now: () => nowMs, sleep: async () => {} }
    let nowMs = MINUTE_MS + HOUR_MS
    const clock = queueClock(own)
    expect([clock.begin([handedOut(1)]), clock.begin([handedOut(2)])]).to.deep.equal(['ahead', 'ahead'])
    nowMs = MINUTE_MS + 180_000
    expect(clock.begin([handedOut(2)])).to.equal('right')
  })

  it('is right again when a message that is handed out first says so', () => {
    const clock = queueClock(fakeClock(MINUTE_MS + HOUR_MS))
    clock.begin([handedOut(1)])
    expect([clock.begin([handedOut(1, MINUTE_MS + HOUR_MS)]), clock.begin([handedOut(2)])]).to.deep.equal([
      'right',
      'right',
    ])
  })

  it('believes itself where no message is handed out for the first time, or nothing tells when', () => {
    const clock = queueClock(fakeClock(MINUTE_MS + HOUR_MS))
    expect(clock.begin([handedOut(2)])).to.equal('right')
    expect(clock.begin([handedOut(1, 0)])).to.equal('right')
    expect(clock.now()).to.equal(MINUTE_MS + HOUR_MS)
  })
})
