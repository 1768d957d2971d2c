import { expect } from 'chai'
import type { FaultName } from './faults.ts'
import { Violation } from './judge.ts'
import { reportOf, totalOf } from './report.ts'
import { type Result, simulate } from './simulate.ts'

const RUN = { seed: 1, hours: 0.02, rate: 5, faults: new Set<FaultName>() }

let ran: Promise<Result> | undefined

/** A short run, and what it is said to have excused. */
async function aResult(excused: Result['account']['excused'] = new Map()): Promise<Result> {
  ran ??= simulate(RUN)
  const result = await ran
  return { ...result, account: { ...result.account, excused } }
}

describe('the report of a run', function () {
  this.timeout(60_000)

  it('says promise by promise what was kept, where nothing went wrong', async () => {
    const text = reportOf(RUN, await aResult(), 1_500)
    for (const line of [
      /^seed 1: every promise was kept$/m,
      /^ {2}nothing early$/m,
      /^ {2}nothing lost: \d+ accepted = \d+ delivered \+ \d+ cancelled \+ \d+ expired \+ \d+ failed \+ 0 pending$/m,
      /^ {2}nothing delivered that was stopped, nothing stopped otherwise, nothing in silence: [1-9]\d* changes of mind, \d+ events refused$/m,
      /^ {2}nothing doubled$/m,
      /^ {2}nothing later than 250 ms$/m,
      /^ {2}every slot settled, and its account even: [1-9]\d* slots, of them 0 in several segments$/m,
    ])
      expect(text).to.match(line)
    expect(text).to.not.include('it may excuse')
  })

  it('counts every event that was accepted in one ending', async () => {
    const { account } = await aResult()
    const { accepted, delivered, cancelled, expired, failed, pending } = account
    expect(delivered + cancelled + expired + failed + pending).to.equal(accepted)
  })

  it('says fault by fault what was excused, and what may be', async () => {
    const crashes = { strikes: 7, doubled: 2, late: 3, worstMs: 12_300 }
    const result = await aResult(new Map([['crash', crashes]]))
    const text = reportOf(RUN, { ...result, account: { ...result.account, doubled: 2 } }, 1_500)
    expect(text).to.match(/^ {2}nothing doubled but 2 \(\d\.\d\d %\), each excused$/m)
    expect(text).to.match(/^ {2}nothing later than 250 ms but 3 \(\d\.\d\d %\), each excused$/m)
    expect(text).to.match(
      /^ {2}crash +7 +2 +3 +12\.3 s +taken in 35\.0 s after it, delivered 100\.0 s after it, 5160 doubled$/m,
    )
  })

  it('says what was broken, and how to see it again', async () => {
    const text = reportOf(RUN, { ...(await aResult()), violation: new Violation('LOST: a') }, 1_500)
    expect(text).to.match(/^seed 1: A PROMISE WAS BROKEN$/m)
    expect(text).to.match(/^ {2}VIOLATION LOST: a$/m)
    expect(text).to.match(
      /^ {2}repeat it: npm run simulate -- --seed 1 --hours 0.02 --rate 5 --faults none --fickle 0$/m,
    )
    expect(text).to.not.include('nothing lost')
  })

  it('adds several up', async () => {
    const result = await aResult(new Map([['crash', { strikes: 7, doubled: 2, late: 3, worstMs: 12_300 }]]))
    const later = await aResult(new Map([['crash', { strikes: 1, doubled: 0, late: 1, worstMs: 20_000 }]]))
    const text = totalOf([result, later])
    expect(text).to.include(`nothing lost: ${2 * result.account.accepted} accepted`)
    expect(text).to.match(/^total: every promise was kept in 2 of 2 runs$/m)
    expect(text).to.match(/^ {2}crash +8 +2 +4 +20\.0 s/m)
    expect(totalOf([result, { ...result, violation: new Violation('LOST: a') }])).to.match(/kept in 1 of 2 runs$/m)
  })
})
