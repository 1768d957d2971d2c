import { expect } from 'chai'
import type { ScheduledEvent } from '../../../core/event.ts'
import { CLAIM_MS, CLAIM_VALID_MS } from '../../../core/timetable.ts'
import { type ClaimedDelivery, deliverClaimed } from '../../../functions/delivery/claimed-delivery.ts'
import { delivering } from '../../../functions/delivery/delivering.ts'
import { deliveryOf } from '../../../status/deliveries.ts'
import { freezing } from '../../support/breaking.ts'
import { due, MINUTE_MS, topicArn } from '../../support/builders.ts'
import { aWorldWith, type World } from '../../support/world.ts'

const withEvents = (...events: ScheduledEvent[]) => aWorldWith(events, MINUTE_MS)
const ids = (world: World) => world.topics.received(topicArn()).map(({ id }) => id)
const deliver = (world: World, events: readonly ScheduledEvent[], more: Partial<ClaimedDelivery> = {}) => {
  const stillOurs = async (claimed: readonly ScheduledEvent[]) => claimed
  return deliverClaimed(delivering(world), {
    writer: 'settle',
    by: 'me',
    events,
    lookedAtMs: world.clock.now(),
    stillOurs,
    ...more,
  })
}

describe('a claimed delivery', () => {
  it('publishes what it could claim, and nothing else', async () => {
    const [free, taken] = [due(0), due(0)]
    const world = await withEvents(free, taken)
    await world.table.claim(taken, 'somebody else')
    expect(await world.clock.run(deliver(world, [free, taken]))).to.include({ delivered: 1 })
    expect(ids(world)).to.deep.equal([free.id])
  })

  it('does not publish what it has claimed and finds to be somebody else’s, and gives its claim back', async () => {
    const [ours, theirs] = [due(0), due(0)]
    const world = await withEvents(ours, theirs)
    const stillOurs = async (claimed: readonly ScheduledEvent[]) => {
      expect(world.table.outcomesIn(ours.slot)).to.have.length(2)
      return claimed.filter(({ key }) => key === ours.key)
    }
    await world.clock.run(deliver(world, [ours, theirs], { stillOurs }))
    expect(ids(world)).to.deep.equal([ours.id])
    expect([await world.table.claim(ours, 'another'), await world.table.claim(theirs, 'another')]).to.deep.equal([
      false,
      true,
    ])
  })

  it('delivers what it could claim though the table does not take other claims, gives those back, and fails then', async () => {
    const down = new Error('down')
    const [first, second] = [due(0), due(0)]
    const world = await withEvents(first, second)
    const claim: World['table']['claim'] = async (event, by) => {
      const ours = await world.table.claim(event, by)
      if (event === second) throw down
      return ours
    }
    const work = deliver({ ...world, table: { ...world.table, claim } }, [first, second])
    expect(await world.clock.run(work.catch((fault) => fault))).to.equal(down)
    expect(ids(world)).to.deep.equal([first.id])
    expect(await deliveryOf(world.table, first)).to.deep.equal({ by: 'settle', lateMs: 0 })
    expect(await world.table.claim(second, 'another')).to.equal(true)
  })

  it('gives all claims back when the look behind them fails, publishes nothing, and fails', async () => {
    const down = new Error('down')
    const events = [due(0), due(0)]
    const world = await withEvents(...events)
    const work = deliver(world, events, { stillOurs: () => Promise.reject(down) })
    expect(await world.clock.run(work.catch((fault) => fault))).to.equal(down)
    const areFree = await Promise.all(events.map((event) => world.table.claim(event, 'another')))
    expect([areFree, ids(world)]).to.deep.equal([[true, true], []])
  })

  it('publishes in time though claims cannot be given back for long', async () => {
    const [ours, theirs] = [due(0), due(0)]
    const world = await withEvents(ours, theirs)
    const release: World['table']['release'] = async (...args) => {
      await world.clock.sleep(CLAIM_VALID_MS)
      await world.table.release(...args)
    }
    const table = { ...world.table, release }
    await world.clock.run(deliver({ ...world, table }, [ours, theirs], { stillOurs: async () => [ours] }))
    expect(ids(world)).to.deep.equal([ours.id])
    expect(await world.table.claim(theirs, 'another')).to.equal(true)
  })

  it('fails by what went wrong first when its claims cannot be given back either', async () => {
    const event = due(0)
    const world = await withEvents(event)
    const release = () => Promise.reject(new Error('not given back'))
    const stillOurs = () => Promise.reject(new Error('down'))
    const work = deliver({ ...world, table: { ...world.table, release } }, [event], { stillOurs })
    expect(await world.clock.run(work.catch(({ message }) => message))).to.equal('down')
  })

  it('begins no publish when its claims are valid no more, and lets go of what is left', async () => {
    const events = [due(0), due(CLAIM_VALID_MS), due(CLAIM_VALID_MS + 1)]
    const world = await withEvents(...events)
    expect(await world.clock.run(deliver(world, events))).to.include({ delivered: 2 })
    expect([ids(world).length, world.clock.timers()]).to.deep.equal([2, 0])
  })

  it('begins no try when its claims are valid no more: the target is whoever claims next to try', async () => {
    const event = due(CLAIM_VALID_MS - 50)
    const world = await withEvents(event)
    world.topics.fail(topicArn(), 'TARGET_UNAVAILABLE')
    const tally = await world.clock.run(deliver(world, [event]))
    expect([Object.values(tally).filter((count) => count > 0), world.topics.calls.length]).to.deep.equal([[], 1])
    expect(world.table.outcomesIn(event.slot)[0]).to.include({ kind: 'claimed' })
  })

  it('counts from the look before its claims: what others have claimed and delivered since is theirs for longer', async () => {
    const events = [due(0), due(CLAIM_VALID_MS - 1_000), due(CLAIM_VALID_MS - 999)]
    const world = await withEvents(...events)
    const lookedAtMs = world.clock.now() - 1_000
    expect(await world.clock.run(deliver(world, events, { lookedAtMs }))).to.include({ delivered: 2 })
  })

  it('counts from when it looked, however long the answer to its claim takes', async () => {
    const event = due(0)
    const world = await withEvents(event)
    const claim: World['table']['claim'] = async (...args) => {
      const ours = await world.table.claim(...args)
      await world.clock.sleep(CLAIM_VALID_MS + 1)
      return ours
    }
    await world.clock.run(deliver({ ...world, table: { ...world.table, claim } }, [event]))
    expect(ids(world)).to.deep.equal([])
  })

  it('publishes nothing when it stood still until somebody else has claimed its events, and goes on', async () => {
    const event = due(1_000)
    const world = await withEvents(event)
    const frozen = freezing(world)
    const first = deliver(frozen, [event])
    await world.clock.advance(500)
    frozen.freeze()
    await world.clock.advance(CLAIM_MS)
    await world.clock.run(deliver(world, [event], { by: 'another' }))
    frozen.thaw()
    await world.clock.run(first)
    expect(ids(world)).to.deep.equal([event.id])
  })

  it('ends under its claim what fails', async () => {
    const event = due(0)
    const world = await withEvents(event)
    world.topics.fail(topicArn(), 'TARGET_DENIED')
    expect(await world.clock.run(deliver(world, [event]))).to.include({ failed: 1 })
    expect(world.table.outcomesIn(event.slot)[0]).to.include({ kind: 'failed', by: 'me' })
  })

  it('ends with its last event, and leaves no timer', async () => {
    const event = due(1_000)
    const world = await withEvents(event)
    await world.clock.run(deliver(world, [event]))
    expect([world.clock.now() <= MINUTE_MS + 2_000, world.clock.timers()]).to.deep.equal([true, 0])
  })
})
