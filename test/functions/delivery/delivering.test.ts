import { expect } from 'chai'
import { DELIVERING, delivering } from '../../../functions/delivery/delivering.ts'
import { aMessage, anEvent, FAILURE_TOPIC, MINUTE_MS } from '../../support/builders.ts'
import { aWorld } from '../../support/world.ts'

describe('the world of those who deliver', () => {
  it('is the one they are given, every part of it', () => {
    const world = aWorld()
    expect(delivering(world)).to.include(world)
    expect(world).to.include.keys(DELIVERING)
  })

  it('opens slots in it', async () => {
    const world = aWorld({ atMs: MINUTE_MS })
    const { slot } = anEvent()
    await delivering(world).openSlot(slot)
    expect(world.runners.all().map(({ input }) => JSON.parse(input).slot)).to.deep.equal([slot])
  })

  it('tells its failure topic', async () => {
    const world = aWorld()
    await delivering(world).notify({ code: 'EXPIRED', error: 'a sentence', event: aMessage() })
    expect(world.topics.notices(FAILURE_TOPIC)).to.have.length(1)
  })
})
