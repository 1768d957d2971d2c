import { expect } from 'chai'
import { slotAt } from '../../core/slot.ts'
import { seededRandom } from '../support/random.ts'
import type { FaultName } from './faults.ts'
import type { Instance } from './instance.ts'
import { startLambda } from './lambda.ts'
import { faultsOf } from './luck.ts'
import { startRegion } from './region.ts'
import { openStrikes } from './strikes.ts'
import { virtualTime } from './virtual-time.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const TIMEOUT_MS = 5 * MINUTE_MS

/** A function that works for four minutes, and what becomes of its invocations. */
function anEmitter(...faults: FaultName[]) {
  const time = virtualTime(0)
  const strikes = openStrikes(time.now)
  const region = startRegion(time, faultsOf(new Set(faults), seededRandom(1), strikes), 100 * HOUR_MS)
  const ends: number[] = []
  const answers: { atMs: number; error?: string }[] = []
  const instances: Instance[] = []
  const create = (instance: Instance) => {
    instances.push(instance)
    return async () => {
      await instance.clock.sleep(4 * MINUTE_MS)
      ends.push(time.now())
    }
  }
  const lambda = startLambda(region, { emitter: { create, timeoutMs: TIMEOUT_MS } })
  const invoke = (slot = 'a') =>
    lambda.invoke('emitter', { slot }).then(
      () => answers.push({ atMs: time.now() }),
      ({ name }: Error) => answers.push({ atMs: time.now(), error: name }),
    )
  return { time, strikes, invoke, ends, answers, instances }
}

describe('a Lambda of the simulator', () => {
  it('works on when its caller has lost sight of it, at most to its timeout', async () => {
    const { time, strikes, invoke, ends, answers } = anEmitter('zombie')
    for (let i = 0; i < 500; i++) time.at(i * 6 * MINUTE_MS, () => void invoke())
    await time.run(51 * HOUR_MS)
    const lost = answers.filter(({ error }) => error === 'Lambda.SdkClientException')
    expect(lost.length).to.equal(strikes.counts().get('zombie')).and.above(1)
    expect(answers).to.have.length(500)
    // Those that stood still for more than a minute have come to their timeout.
    expect(ends.length)
      .to.be.above(500 - lost.length)
      .and.at.most(500)
    expect(Math.max(...ends.map((atMs) => atMs % (6 * MINUTE_MS)))).to.be.at.most(TIMEOUT_MS + 400)
  })

  it('ends for its caller as it ends where nothing goes wrong', async () => {
    const { time, invoke, ends, answers } = anEmitter()
    time.at(0, () => void invoke())
    await time.run(HOUR_MS)
    expect(answers.map(({ error }) => error)).to.deep.equal([undefined])
    expect(answers.map(({ atMs }) => atMs)).to.deep.equal(ends)
  })

  it('works on what it is handed from the instant at which its instance is taken, so that a crash strikes that', async () => {
    const { time, invoke, instances } = anEmitter()
    time.at(0, () => void invoke('a'))
    await time.run(HOUR_MS)
    void invoke('b')
    expect(instances.map(({ way }) => way)).to.deep.equal([[{ slot: 'b' }]])
  })

  it('is given another instance where one has died that nobody used', async () => {
    const { time, invoke, instances, answers } = anEmitter()
    time.at(0, () => void invoke())
    time.at(HOUR_MS, () => {
      instances[0]?.die()
      void invoke()
    })
    await time.run(2 * HOUR_MS)
    expect(answers.map(({ error }) => error)).to.deep.equal([undefined, undefined])
    expect(instances).to.have.length(2)
  })

  it('is struck by a pause of the Region in which its time runs out', async () => {
    const { time, strikes, invoke, ends } = anEmitter('regionPause')
    const slots = Array.from({ length: 500 }, (_, i) => slotAt(i * MINUTE_MS, 0))
    for (const [i, slot] of slots.entries()) time.at(i * 6 * MINUTE_MS, () => void invoke(slot))
    await time.run(51 * HOUR_MS)
    const pauses = strikes.onSlot(slotAt(0, 1)).length
    const struck = slots.filter((slot) => strikes.onSlot(slot).length > pauses)
    expect(struck)
      .to.have.length(500 - ends.length)
      .above(0)
  })

  it('is refused in a crowd beyond the two that an account has left, and taken again when that is over', async () => {
    const { time, strikes, invoke, answers } = anEmitter('concurrency')
    for (let i = 0; i < 5 * 60; i++)
      time.at(i * MINUTE_MS, () => {
        for (let n = 0; n < 3; n++) void invoke()
      })
    await time.run(6 * HOUR_MS)
    const refused = answers.filter(({ error }) => error === 'Lambda.TooManyRequestsException')
    expect(refused.length).to.equal(strikes.counts().get('concurrency')).and.within(1, 300)
    expect(answers.at(-1)?.error).to.equal(undefined)
  })
})
