import { expect } from 'chai'
import { type Result, simulate } from './simulate.ts'

/** So many events a second for 36 s, of which one validator at a time takes in some hundred and fifty. */
const overloaded = (rate: number): Promise<Result> =>
  simulate({ seed: 8, hours: 0.01, rate, faults: new Set(['overload']) })

const goodput = ({ queued: { messages, ms } }: Result) => (1_000 * messages) / ms
const latestMs = ({ account }: Result) => account.excused.get('overload')?.worstMs ?? 0

describe('the simulated stack beyond saturation', function () {
  this.timeout(120_000)
  let some: Result
  let more: Result
  before(async () => {
    some = await overloaded(250)
    more = await overloaded(750)
  })

  it('takes in as many events a second behind a long queue as behind a short one', () => {
    expect(goodput(more)).to.be.at.least(0.9 * goodput(some))
  })

  it('is late by as much as the queue is long', () => {
    expect(latestMs(some)).to.be.above(1_000)
    expect(latestMs(more)).to.be.above(2 * latestMs(some))
  })

  it('starts no executions because of a backlog', () => {
    expect(more.expressStarts).to.be.at.most(some.expressStarts)
  })

  it('loses and doubles nothing, and is on time again five seconds after the queue is empty', () => {
    for (const { violation, account } of [some, more]) {
      const { accepted, delivered, failed, cancelled, expired } = account
      expect(violation).to.equal(undefined)
      expect(account).to.include({ doubled: 0, pending: 0 })
      expect(accepted).to.equal(delivered + failed + cancelled + expired)
    }
  })
})

describe('a simulated target that takes less than falls due for it', () => {
  it('has all of it in the end, once, and no other waits for that', async () => {
    const { violation, account } = await simulate({ seed: 1, hours: 0.05, rate: 30, faults: new Set(['slowTarget']) })
    expect(violation).to.equal(undefined)
    expect(account).to.include({ doubled: 0, pending: 0 })
    expect(account.excused.get('slowTarget')?.late).to.be.above(500)
  }).timeout(120_000)
})
