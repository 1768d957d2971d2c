import { expect } from 'chai'
import { FAILURE_CODES, isRetryable } from '../../core/errors.ts'
import { afterFailure, againDelayMs, inMemoryDelayMs, reparkDelayMs } from '../../core/retry.ts'
import { GIVE_UP_AFTER_MS } from '../../core/timetable.ts'
import { anEvent, MINUTE_MS } from '../support/builders.ts'

describe('a failed publish', () => {
  it('is tried again in memory after 100, 400 and 1,600 ms', () => {
    expect([1, 2, 3].map((tries) => inMemoryDelayMs(tries, 0.5))).to.deep.equal([100, 400, 1_600])
  })

  it('is tried again in a later slot after 30 s, doubling to an hour', () => {
    const minutes = [1, 2, 3, 7, 8, 20, 1_000].map((attempts) => reparkDelayMs(attempts, 0.5) / 60_000)
    expect(minutes).to.deep.equal([0.5, 1, 2, 32, 60, 60, 60])
  })

  it('is tried again up to 25 % sooner or later, so that not all come at once', () => {
    expect([0, 0.999_999].map((random) => inMemoryDelayMs(1, random))).to.deep.equal([75, 125])
    expect([0, 0.999_999].map((random) => reparkDelayMs(1, random))).to.deep.equal([22_500, 37_500])
  })

  it('is tried again only when the target is unavailable', () => {
    expect(FAILURE_CODES.filter(isRetryable)).to.deep.equal(['TARGET_UNAVAILABLE'])
  })
})

describe('after all tries in memory an event', () => {
  const event = anEvent({ dueAtMs: MINUTE_MS })

  it('is tried again', () => {
    expect(afterFailure(event, { retryAtMs: MINUTE_MS + 30_000, maxAttempts: 10 })).to.equal('retry')
  })

  it('is tried again exactly 24 hours after it was due', () => {
    expect(afterFailure(event, { retryAtMs: MINUTE_MS + GIVE_UP_AFTER_MS, maxAttempts: 10 })).to.equal('retry')
    expect(GIVE_UP_AFTER_MS).to.equal(86_400_000)
  })

  it('is given up one millisecond later', () => {
    expect(afterFailure(event, { retryAtMs: MINUTE_MS + GIVE_UP_AFTER_MS + 1, maxAttempts: 10 })).to.equal('give up')
  })

  it('counts the 24 hours from its due time, not from the retry’s', () => {
    const retry = anEvent({ dueAtMs: MINUTE_MS, emitAtMs: MINUTE_MS + 80_000_000, attempt: 2 })
    expect(afterFailure(retry, { retryAtMs: MINUTE_MS + GIVE_UP_AFTER_MS + 1, maxAttempts: 10 })).to.equal('give up')
  })

  it('is tried again after the attempt before the last, and given up after the last', () => {
    expect(afterFailure({ ...event, attempt: 9 }, { retryAtMs: MINUTE_MS, maxAttempts: 10 })).to.equal('retry')
    expect(afterFailure({ ...event, attempt: 10 }, { retryAtMs: MINUTE_MS, maxAttempts: 10 })).to.equal('give up')
    expect(afterFailure(event, { retryAtMs: MINUTE_MS, maxAttempts: 1 })).to.equal('give up')
  })

  it('is tried again at its latest time, and expires one millisecond later', () => {
    const latest = { ...event, latestAtMs: MINUTE_MS + 30_000 }
    expect(afterFailure(latest, { retryAtMs: MINUTE_MS + 30_000, maxAttempts: 10 })).to.equal('retry')
    expect(afterFailure(latest, { retryAtMs: MINUTE_MS + 30_001, maxAttempts: 10 })).to.equal('expire')
  })

  it('expires rather than being given up when both apply', () => {
    expect(
      afterFailure({ ...event, latestAtMs: MINUTE_MS, attempt: 10 }, { retryAtMs: MINUTE_MS + 1, maxAttempts: 10 }),
    ).to.equal('expire')
  })
})

describe('the delay before the next look at what is in trouble', () => {
  const lasting = (lastedMs: number, random = 0.5) => againDelayMs({ sinceMs: 1_000, nowMs: 1_000 + lastedMs }, random)

  it('is as long again as the trouble has lasted, give or take a quarter', () => {
    expect([lasting(60_000), lasting(60_000, 0), lasting(60_000, 1)]).to.deep.equal([60_000, 45_000, 75_000])
  })

  it('is half a minute at least, and an hour at most', () => {
    expect([lasting(-5_000), lasting(0), lasting(29_999), lasting(30_001)]).to.deep.equal([
      30_000, 30_000, 30_000, 30_001,
    ])
    expect([lasting(3_599_999), lasting(90 * 3_600_000)]).to.deep.equal([3_599_999, 3_600_000])
  })
})
