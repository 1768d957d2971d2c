import { expect } from 'chai'
import { seededRandom } from '../support/random.ts'
import { FIRST_SETTINGS, type Settings, startDeployments } from './deployments.ts'
import type { FaultName } from './faults.ts'
import { startLambda } from './lambda.ts'
import { faultsOf } from './luck.ts'
import { startRegion } from './region.ts'
import { openStrikes } from './strikes.ts'
import { virtualTime } from './virtual-time.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const FUNCTIONS = ['validator', 'loader', 'planner', 'emitter', 'settler']

function aRegion(...faults: FaultName[]) {
  const time = virtualTime(0)
  const strikes = openStrikes(time.now)
  return { strikes, region: startRegion(time, faultsOf(new Set(faults), seededRandom(1), strikes), 24 * HOUR_MS) }
}

/** What each function is told for a day, asked several times every ten seconds. */
async function aDay(...faults: FaultName[]) {
  const { region, strikes } = aRegion(...faults)
  const deployments = startDeployments(region, FUNCTIONS)
  const looks: { told: Set<Settings>[] }[] = []
  for (let atMs = 0; atMs < 24 * HOUR_MS; atMs += 10_000) {
    await region.time.run(atMs)
    const told = FUNCTIONS.map((name) => new Set(Array.from({ length: 16 }, () => deployments.next(name))))
    for (const [i, some] of told.entries())
      for (const settings of some) expect(deployments.areInUse(FUNCTIONS[i] as string, settings)).to.equal(true)
    looks.push({ told })
  }
  return { looks, strikes, deployments }
}

describe('the deployments of the simulator', () => {
  it('are none where they are no fault of the run', async () => {
    const { looks } = await aDay()
    expect(new Set(looks.flatMap(({ told }) => told.flatMap((some) => [...some])))).to.deep.equal(
      new Set([FIRST_SETTINGS]),
    )
  })

  it('raise and lower the shards from one to four, several times an hour', async () => {
    const { looks, strikes } = await aDay('deployments')
    const shards = new Set(looks.flatMap(({ told }) => told.flatMap((some) => [...some].map((one) => one.shards))))
    expect([...shards].sort()).to.deep.equal([1, 2, 3, 4])
    expect(strikes.counts().get('deployments')).to.be.within(3 * 24, 7 * 24)
  })

  it('have the invocations of one function see old and new settings side by side, for a minute and more', async () => {
    const { looks } = await aDay('deployments')
    for (const i of FUNCTIONS.keys()) {
      const both = looks.map(({ told }) => told[i]?.size === 2)
      expect(Math.max(...looks.map(({ told }) => told[i]?.size ?? 0))).to.equal(2)
      expect(longestRun(both)).to.be.above(6)
    }
  })

  it('stop half-way at times, with some functions on old and some on new settings for long', async () => {
    const { looks } = await aDay('deployments')
    const split = looks.map(
      ({ told }) => told.every(({ size }) => size === 1) && new Set(told.flatMap((some) => [...some])).size > 1,
    )
    expect(longestRun(split)).to.be.above((10 * MINUTE_MS) / 10_000)
  })

  it('strike nothing, and so excuse nothing', async () => {
    const { strikes } = await aDay('deployments')
    expect(strikes.onTheWayOut({ id: 'a', refs: [{ slot: 's', key: 'k' }], target: 't' })).to.deep.equal([])
    expect(strikes.onTheWayIn('a')).to.deep.equal([])
    expect(strikes.onTheLoader()).to.deep.equal([])
  })

  it('leave an instance its settings while it works, and give it no work once they are given up', async () => {
    const { region } = aRegion('deployments')
    const seen: { settings: Settings; atMs: number }[] = []
    const lambda = startLambda(region, {
      emitter: {
        timeoutMs: 5 * MINUTE_MS,
        create: (instance, settings) => async () => {
          seen.push({ settings, atMs: region.time.now() })
          await instance.clock.sleep(4 * MINUTE_MS)
        },
      },
    })
    for (let i = 0; i < 12 * 60; i++) region.time.at(i * MINUTE_MS, () => void lambda.invoke('emitter', { slot: 'a' }))
    await region.time.run(13 * HOUR_MS)
    expect(seen).to.have.length(12 * 60)
    // Each deployment's come and go once, and those of two at most are seen at a time.
    const order = [...new Set(seen.map(({ settings }) => settings))]
    expect(order.length).to.be.above(20)
    for (const [i, settings] of order.slice(0, -2).entries()) {
      const lastAtMs = seen.findLast((one) => one.settings === settings)?.atMs ?? 0
      const afterNextAtMs = seen.find((one) => one.settings === order[i + 2])?.atMs ?? 0
      expect(lastAtMs).to.be.below(afterNextAtMs)
    }
  })
})

/** Most looks one after the other that are so. */
function longestRun(looks: readonly boolean[]): number {
  let longest = 0
  let run = 0
  for (const is of looks) {
    run = is ? run + 1 : 0
    longest = Math.max(longest, run)
  }
  return longest
}
