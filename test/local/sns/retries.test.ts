import { expect } from 'chai'
import { type Failure, withRetries } from '../../../local/sns/retries.ts'

const failure = (again: boolean): Failure => ({ code: '500', reason: 'it answered 500', again })

describe('a delivery with retries', () => {
  /** Attempts that end so, one after the other. */
  function attempts(...ends: (Failure | undefined)[]) {
    let made = 0
    return { attempt: async () => ends[made++], made: () => made }
  }
  const never = new AbortController().signal

  it('is over with the first attempt that succeeds', async () => {
    const { attempt, made } = attempts(failure(true), undefined, failure(true))
    expect(await withRetries(attempt, [0, 0, 0], never)).to.equal(undefined)
    expect(made()).to.equal(2)
  })

  it('fails as the last attempt does, after one more attempt for each delay', async () => {
    const { attempt, made } = attempts(failure(true), failure(true), failure(true), undefined)
    expect(await withRetries(attempt, [0, 0], never)).to.deep.equal(failure(true))
    expect(made()).to.equal(3)
  })

  it('fails at once when another attempt would not help', async () => {
    const { attempt, made } = attempts(failure(false), undefined)
    expect(await withRetries(attempt, [0], never)).to.deep.equal(failure(false))
    expect(made()).to.equal(1)
  })

  it('is not tried again once it is to stop, however long it would have waited', async () => {
    const { attempt, made } = attempts(failure(true), undefined)
    const stopping = new AbortController()
    const delivery = withRetries(attempt, [3_600_000], stopping.signal)
    setImmediate(() => stopping.abort())
    expect(await delivery).to.deep.equal(failure(true))
    expect(made()).to.equal(1)
  })
})
