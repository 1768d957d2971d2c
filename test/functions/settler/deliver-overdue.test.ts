import { expect } from 'chai'
import type { ScheduledEvent } from '../../../core/event.ts'
import { settleAtMs, slotAt } from '../../../core/slot.ts'
import { delivering } from '../../../functions/delivery/delivering.ts'
import { deliverOverdue } from '../../../functions/settler/deliver-overdue.ts'
import { accountOf } from '../../../status/slot-account.ts'
import { due, MINUTE_MS, topicArn } from '../../support/builders.ts'
import { aWorldWith, type World } from '../../support/world.ts'

const SLOT = slotAt(MINUTE_MS, 0)

const withEvents = (...events: ScheduledEvent[]) => aWorldWith(events, settleAtMs(SLOT))
const deliver = async (world: World, ...events: ScheduledEvent[]) => {
  const account = accountOf(world.table, SLOT)
  const done = await world.clock.run(deliverOverdue(delivering(world), events, account))
  return { done, settlement: await account.settlement() }
}
const ids = (world: World) => world.topics.received(topicArn()).map(({ id }) => id)

describe('delivering what is overdue', () => {
  it('publishes it, writes down that it did, and counts it', async () => {
    const events = [due(0), due(1_000, { lane: 'express' })]
    const world = await withEvents(...events)
    const { done, settlement } = await deliver(world, ...events)
    expect(done).to.equal(true)
    expect(settlement).to.include({ delivered: 2, deliveredBySettler: 2 })
    expect(ids(world)).to.have.members(events.map(({ id }) => id))
  })

  it('leaves an event of the express lane to whoever has claimed it, and says so', async () => {
    const [claimed, free] = [due(0, { lane: 'express' }), due(1, { lane: 'express' })]
    const world = await withEvents(claimed, free)
    await world.table.claim(claimed, 'somebody else')
    const { done } = await deliver(world, claimed, free)
    expect(done).to.equal(false)
    expect(ids(world)).to.deep.equal([free.id])
  })
})
