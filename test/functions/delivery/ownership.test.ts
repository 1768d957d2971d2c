import { expect } from 'chai'
import { slotAt } from '../../../core/slot.ts'
import { TAKE_OVER_MS } from '../../../core/timetable.ts'
import { takeOver } from '../../../functions/delivery/ownership.ts'
import { MINUTE_MS } from '../../support/builders.ts'
import { aWorld } from '../../support/world.ts'

const SLOT = slotAt(MINUTE_MS, 0)

describe('the owner of a segment', () => {
  it('begins at once when it is the first', async () => {
    const world = aWorld({ atMs: MINUTE_MS })
    const owner = await world.clock.run(takeOver(world, SLOT, 0))
    expect([owner.incarnation, await owner.isLost(), world.clock.now()]).to.deep.equal([1, false, MINUTE_MS])
  })

  it('waits until the one before it has let go', async () => {
    const world = aWorld({ atMs: MINUTE_MS })
    await world.table.takeSegment(SLOT, 0)
    const owner = await world.clock.run(takeOver(world, SLOT, 0))
    expect([owner.incarnation, world.clock.now()]).to.deep.equal([2, MINUTE_MS + TAKE_OVER_MS])
  })

  it('has lost the segment as soon as somebody takes it, before that one has waited', async () => {
    const world = aWorld({ atMs: MINUTE_MS })
    const first = await takeOver(world, SLOT, 0)
    void takeOver(world, SLOT, 0)
    await world.clock.advance(0)
    expect(await first.isLost()).to.equal(true)
  })

  it('has nothing to do with the other segments', async () => {
    const world = aWorld({ atMs: MINUTE_MS })
    const owner = await takeOver(world, SLOT, 0)
    await takeOver(world, SLOT, 1)
    expect(await owner.isLost()).to.equal(false)
  })
})
