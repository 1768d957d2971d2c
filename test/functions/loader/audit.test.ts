import { expect } from 'chai'
import { emptySettlement } from '../../../core/settlement.ts'
import { MINUTE_MS, topicArn } from '../../support/builders.ts'
import { drain } from '../../support/drain.ts'
import { load, minute, parkAt, slotOfMinute } from '../../support/minutes.ts'
import { aWorld, type World } from '../../support/world.ts'

describe('the audit', () => {
  const settled = async (world: World, n: number) => world.table.settle(slotOfMinute(n), 0, emptySettlement())

  it('opens a slot again that ended a minute ago and is not settled', async () => {
    const world = aWorld({ atMs: MINUTE_MS })
    await parkAt(world, 0)
    await load(world)
    world.runners.end(slotOfMinute(0))
    await world.clock.advanceTo(minute(2) - 1)
    await load(world)
    expect(world.runners.names()).to.deep.equal([slotOfMinute(0)])
    await world.clock.advanceTo(minute(2))
    await load(world)
    expect(world.runners.names()).to.deep.equal([slotOfMinute(0), `${slotOfMinute(0)}-2`])
    expect(world.log.of('slots not settled')[0]).to.deep.include({ slots: [slotOfMinute(0)] })
  })

  it('opens it again and again until it is settled, a minute after, then two, then four, and at last every ten', async () => {
    const world = aWorld({ atMs: MINUTE_MS })
    await parkAt(world, 0)
    await load(world)
    const openedIn: number[] = []
    for (let n = 2; n < 40; n++) {
      await world.clock.advanceTo(minute(n))
      world.runners.end(world.runners.names().at(-1) ?? '')
      const before = world.runners.names().length
      await load(world)
      if (world.runners.names().length > before) openedIn.push(n)
    }
    expect(openedIn).to.deep.equal([2, 3, 5, 9, 17, 27, 37])
    await settled(world, 0)
    await world.clock.advance(600_000)
    await load(world)
    await load(world)
    expect(world.runners.names()).to.have.length(openedIn.length + 1)
    expect(world.metrics.published.at(-1)).to.include({ UnsettledSlots: 0 })
  })

  it('starts no second runner while one is at work', async () => {
    const world = aWorld({ atMs: MINUTE_MS })
    await parkAt(world, 0)
    await load(world)
    await world.clock.advanceTo(minute(5))
    await load(world)
    expect(world.runners.names()).to.deep.equal([slotOfMinute(0)])
  })

  it('leaves settled and empty slots alone', async () => {
    const world = aWorld({ atMs: MINUTE_MS })
    await parkAt(world, 0)
    await load(world)
    await settled(world, 0)
    world.runners.end(slotOfMinute(0))
    await world.clock.advanceTo(minute(10))
    await load(world)
    expect(world.runners.names()).to.deep.equal([slotOfMinute(0)])
    expect(await world.table.watermark()).to.include({ auditedUntilMs: minute(9) })
  })

  it('goes on past a slot that is not settled, which it knows until it is', async () => {
    const world = aWorld({ atMs: MINUTE_MS })
    await parkAt(world, 0, 1, 2)
    await load(world)
    await settled(world, 0)
    await settled(world, 2)
    await world.clock.advanceTo(minute(10))
    await load(world)
    expect(await world.table.watermark()).to.include({ auditedUntilMs: minute(9) })
    expect(world.metrics.published.at(-1)).to.include({ UnsettledSlots: 1 })
    await settled(world, 1)
    await world.clock.advance(60_000)
    await load(world)
    expect(world.metrics.published.at(-1)).to.include({ UnsettledSlots: 0 })
  })

  it('goes on with the other slots when one cannot be opened', async () => {
    const world = aWorld({ atMs: MINUTE_MS })
    await parkAt(world, 0, 1)
    await load(world)
    for (const n of [0, 1]) world.runners.end(slotOfMinute(n))
    await world.clock.advanceTo(minute(10))
    const start: World['runners']['start'] = async (name, input) => {
      if (name.startsWith(slotOfMinute(0))) throw new Error('throttled')
      return world.runners.start(name, input)
    }
    const fault = await load({ ...world, runners: { ...world.runners, start } }).catch(({ message }: Error) => message)
    expect(fault).to.equal('throttled')
    expect(world.runners.names()).to.include(`${slotOfMinute(1)}-2`)
    expect(await world.table.watermark()).to.include({ auditedUntilMs: minute(0) })
  })

  it('has everything delivered though all runners of an hour were lost', async () => {
    const world = aWorld({ atMs: MINUTE_MS })
    await load(world)
    await parkAt(world, ...Array.from({ length: 60 }, (_, i) => 4 + i))
    for (let n = 1; n < 70; n++) {
      await world.clock.advanceTo(minute(n))
      await load(world)
      for (const { name, running } of world.runners.all()) if (running) world.runners.end(name)
    }
    await drain(world, 15)
    expect(world.topics.received(topicArn())).to.have.length(60)
  })
})
