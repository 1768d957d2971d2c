import { expect } from 'chai'
import { invokeAsynchronously } from './asynchronous.ts'
import { faultsOf } from './luck.ts'
import { startRegion } from './region.ts'
import { openStrikes } from './strikes.ts'
import { virtualTime } from './virtual-time.ts'

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS

/** When Lambda tries to run a function that nobody waits for, seconds, while it ends in this way. */
async function tried(endsAt: (nowMs: number) => string | undefined) {
  const time = virtualTime(0)
  const faults = faultsOf(new Set(), () => 0.5, openStrikes(time.now))
  const triedAt: number[] = []
  const invoke = async () => {
    triedAt.push(time.now() / SECOND_MS)
    const name = endsAt(time.now())
    if (name) throw Object.assign(new Error('it was not done'), { name })
  }
  const region = startRegion(time, faults, HOUR_MS)
  time.at(0, () => void invokeAsynchronously(region, { invoke }, { name: 'loader', input: {} }))
  await time.run(10 * HOUR_MS)
  return triedAt
}

const REFUSED = 'Lambda.TooManyRequestsException'

describe('a function of the simulator for whose answer nobody waits', () => {
  it('is run once where nothing goes wrong', async () => {
    expect(await tried(() => undefined)).to.deep.equal([0])
  })

  it('is run soon after Lambda refuses no more, however long that took', async () => {
    expect(await tried((nowMs) => (nowMs < 11 * SECOND_MS ? REFUSED : undefined))).to.deep.equal([0, 1, 3, 7, 15])
    const afterAnHour = await tried((nowMs) => (nowMs < HOUR_MS ? REFUSED : undefined))
    expect(afterAnHour.at(-1)).to.be.within(3_600, 3_900)
  })

  it('is given up when Lambda has refused it for six hours', async () => {
    expect((await tried(() => REFUSED)).at(-1)).to.be.within(6 * 3_600 - 300, 6 * 3_600)
  })

  it('is run twice more after it has failed, a minute later and two minutes after that', async () => {
    expect(await tried(() => 'Error')).to.deep.equal([0, 60, 180])
  })

  it('is tried again as often after it has failed, however often it was refused before', async () => {
    const refusedAtFirst = await tried((nowMs) => (nowMs < 2 * SECOND_MS ? REFUSED : 'Error'))
    expect(refusedAtFirst).to.deep.equal([0, 1, 3, 63, 183])
  })
})
