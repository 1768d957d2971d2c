import { expect } from 'chai'
import type { ScheduledEvent } from '../../../core/event.ts'
import { CLAIM_MS } from '../../../core/timetable.ts'
import { deliveryOf } from '../../../status/deliveries.ts'
import { dyingAt, FAULTS, failingAt } from '../../support/breaking.ts'
import { anEvent, MINUTE_MS, topicArn } from '../../support/builders.ts'
import { drain } from '../../support/drain.ts'
import { aWorldWith, stepsOf, type World } from '../../support/world.ts'

const START_MS = MINUTE_MS + 10_000
const urgent = (afterMs: number, fields: Partial<ScheduledEvent> = {}) =>
  anEvent({ dueAtMs: START_MS + afterMs, lane: 'express', ...fields })
const deliver = (world: World, events: readonly ScheduledEvent[], execution = 'one') =>
  stepsOf(world).deliverExpress(execution, events)
const received = (world: World) => world.topics.received(topicArn())

const withEvents = (...events: ScheduledEvent[]) => aWorldWith(events, START_MS)

describe('the express lane’s emitter', () => {
  it('publishes each event in its millisecond', async () => {
    const events = [urgent(0), urgent(1), urgent(900), urgent(4_999)]
    const world = await withEvents(...events)
    const tally = await world.clock.run(deliver(world, events))
    expect(received(world).map(({ sentAtMs }) => sentAtMs - START_MS)).to.deep.equal([0, 1, 900, 4_999])
    expect(tally).to.include({ delivered: 4 })
  })

  it('publishes an overdue event at once', async () => {
    const event = urgent(-60_000)
    const world = await withEvents(event)
    await world.clock.run(deliver(world, [event]))
    expect(received(world).map(({ sentAtMs }) => sentAtMs - START_MS)).to.deep.equal([0])
  })

  it('claims an event before it publishes it, and writes down that it is delivered', async () => {
    const event = urgent(1_000)
    const world = await withEvents(event)
    const work = deliver(world, [event], 'my-execution')
    await world.clock.advance(500)
    const [claim] = world.table.outcomesIn(event.slot)
    expect(claim).to.include({ kind: 'claimed' })
    expect(claim?.by).to.match(/^my-execution-/)
    expect(received(world)).to.deep.equal([])
    await world.clock.run(work)
    expect(await deliveryOf(world.table, event)).to.include({ by: 'express' })
  })

  it('publishes once for two executions of the same event', async () => {
    const event = urgent(1_000)
    const world = await withEvents(event)
    await world.clock.run(Promise.all([deliver(world, [event], 'one'), deliver(world, [event], 'two')]))
    expect(received(world)).to.have.length(1)
  })

  it('publishes once when an execution is repeated after it was done', async () => {
    const event = urgent(1_000)
    const world = await withEvents(event)
    await world.clock.run(deliver(world, [event], 'one'))
    await world.clock.run(deliver(world, [event], 'one'))
    await world.clock.run(deliver(world, [event], 'two'))
    expect(received(world)).to.have.length(1)
  })

  it('publishes once though another execution comes after the claim of the first has lapsed', async () => {
    const event = urgent(1_000)
    const world = await withEvents(event)
    await world.clock.run(deliver(world, [event], 'one'))
    await world.clock.advance(CLAIM_MS)
    await world.clock.run(deliver(world, [event], 'two'))
    expect(received(world)).to.have.length(1)
  })

  it('publishes what another execution claimed and did not deliver, once the claim has lapsed', async () => {
    const event = urgent(1_000)
    const world = await withEvents(event)
    await world.table.claim(event, 'one')
    await world.clock.advance(CLAIM_MS)
    await world.clock.run(deliver(world, [event], 'two'))
    expect(received(world)).to.have.length(1)
  })

  it('publishes once when one execution is at work twice under its name', async () => {
    for (const afterMs of [0, 1, 500, 1_000, 1_001]) {
      const event = urgent(1_000)
      const world = await withEvents(event)
      world.topics.slow(topicArn(), 500)
      const first = deliver(world, [event], 'one')
      await world.clock.advance(afterMs)
      await world.clock.run(Promise.all([first, deliver(world, [event], 'one')]))
      expect(received(world), `${afterMs} ms apart`).to.have.length(1)
    }
  })

  it('leaves to the settler what it was killed with, also when its execution is tried again: it may still live', async () => {
    const event = urgent(1_000)
    const world = await withEvents(event)
    await stepsOf(world).openSlot(event.slot)
    const mortal = dyingAt(world, 3)
    await world.clock.run(Promise.race([deliver(mortal, [event]), mortal.died]))
    await world.clock.run(deliver(world, [event]))
    expect(received(world)).to.have.length(0)
    await drain(world)
    expect(received(world)).to.have.length(1)
  })

  it('publishes nothing when it stood still after it had looked, until another execution was done and its claim lapsed', async () => {
    const event = urgent(1_000)
    const world = await withEvents(event)
    const lookUp: World['table']['lookUp'] = async (refs) => {
      const known = await world.table.lookUp(refs)
      await world.clock.sleep(1_000 + CLAIM_MS)
      return known
    }
    const first = deliver({ ...world, table: { ...world.table, lookUp } }, [event], 'one')
    await world.clock.run(Promise.all([first, deliver(world, [event], 'two')]))
    expect(received(world)).to.have.length(1)
  })

  for (const kind of ['cancelled', 'failed', 'expired', 'retrying', 'moved'] as const)
    it(`does not publish an event that is ${kind}`, async () => {
      const event = urgent(1_000)
      const world = await withEvents(event)
      await world.table.conclude({ ...event, kind, atMs: START_MS, by: 'one' })
      await world.clock.run(deliver(world, [event], 'one'))
      expect(received(world)).to.deep.equal([])
    })

  it('does not publish an event that is not there', async () => {
    const world = await withEvents()
    expect(await world.clock.run(deliver(world, [urgent(0)]))).to.include({ delivered: 0 })
  })

  it('publishes the other events when it may not have one', async () => {
    const [free, taken] = [urgent(1_000), urgent(1_000)]
    const world = await withEvents(free, taken)
    await world.table.claim(taken, 'somebody else')
    await world.clock.run(deliver(world, [free, taken]))
    expect(received(world).map(({ id }) => id)).to.deep.equal([free.id])
  })

  it('loses nothing and doubles nothing but what was under way when it is killed at any call and its claims have lapsed', async () => {
    for (let at = 1, done = false; !done; at++) {
      const events = [urgent(500), urgent(1_000), urgent(2_000)]
      const world = await withEvents(...events)
      const mortal = dyingAt(world, at)
      const end = await world.clock.run(Promise.race([deliver(mortal, events), mortal.died.then(() => 'died')]))
      done = end !== 'died'
      await world.clock.advance(CLAIM_MS)
      await world.clock.run(deliver(world, events))
      expect(new Set(received(world).map(({ id }) => id)).size, `killed at call ${at}`).to.equal(3)
      expect(received(world).length, `killed at call ${at}`).to.be.at.most(5)
    }
  })

  for (const fault of FAULTS)
    it(`loses nothing and doubles nothing when any call ${fault} and the execution is tried again`, async () => {
      for (let at = 1, done = false; !done; at++) {
        const events = [urgent(500), urgent(1_000), urgent(2_000)]
        const world = await withEvents(...events)
        const failing = failingAt(world, at, fault)
        const result = await world.clock.run(deliver(failing, events)).catch(() => 'failed')
        done = failing.calls() < at
        if (result === 'failed') await world.clock.run(deliver(world, events))
        expect(
          received(world)
            .map(({ id }) => id)
            .sort(),
          `call ${at}`,
        ).to.deep.equal(events.map(({ id }) => id).sort())
      }
    })

  it('leaves what it could not do to the settler of the slot', async () => {
    const event = urgent(500)
    const world = await withEvents(event)
    await stepsOf(world).openSlot(event.slot)
    await world.clock.run(deliver(failingAt(world, 3, 'is refused'), [event])).catch(() => {})
    await drain(world)
    expect(received(world)).to.have.length(1)
  })
})

describe('an event that its runner delivers', () => {
  for (const lane of ['far', 'near', 'soon'] as const)
    it(`is left alone by the express lane, and not claimed, when its lane is ${lane}`, async () => {
      const event = urgent(1_000, { lane })
      const world = await withEvents(event)
      expect(await world.clock.run(deliver(world, [event]))).to.include({ delivered: 0 })
      expect(world.table.outcomesIn(event.slot)).to.deep.equal([])
    })

  it('is not published by the express lane when a slow write made it the runner’s after it was read', async () => {
    const event = urgent(1_000)
    const world = await withEvents(event)
    const claim: World['table']['claim'] = async (ref, by) => {
      await world.table.park([{ ...event, lane: 'near' }])
      return world.table.claim(ref, by)
    }
    await world.clock.run(deliver({ ...world, table: { ...world.table, claim } }, [event]))
    expect(received(world)).to.deep.equal([])
  })
})
