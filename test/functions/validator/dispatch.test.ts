import { expect } from 'chai'
import type { ScheduledEvent } from '../../../core/event.ts'
import { slotAt } from '../../../core/slot.ts'
import { ANNOUNCED_MS, CLOCK_SKEW_MS, EXPRESS_LEAD_MS, FAR_MS, STILL_NEAR_MS } from '../../../core/timetable.ts'
import { anEvent, MINUTE_MS } from '../../support/builders.ts'
import { aWorld, stepsOf, type World } from '../../support/world.ts'

const dispatch = (world: World, ...events: ScheduledEvent[]) => stepsOf(world).dispatch(events)
const announced = async (world: World, fromMs: number) => {
  const found: string[] = []
  for await (const page of world.table.announced(slotAt(MINUTE_MS, 0), fromMs)) found.push(...page)
  return found
}
const keys = (...events: ScheduledEvent[]) => events.map(({ key }) => key)

describe('dispatching parked events', () => {
  it('leaves those of a slot that begins four minutes from now to the loader', async () => {
    const world = aWorld({ atMs: MINUTE_MS - FAR_MS })
    await dispatch(world, anEvent({ lane: 'far' }))
    expect(world.runners.names()).to.deep.equal([])
    expect(world.express.executions).to.deep.equal([])
  })

  it('opens each slot that begins sooner, once for all its events', async () => {
    const world = aWorld({ atMs: MINUTE_MS - FAR_MS + 1 })
    const events = [anEvent({ lane: 'near' }), anEvent({ lane: 'near' })]
    await dispatch(world, ...events)
    expect(world.runners.names()).to.deep.equal([events[0]?.slot])
    expect(world.express.executions).to.deep.equal([])
  })

  it('announces what the emitter may have read past, and leaves it the rest; neither goes by express', async () => {
    const world = aWorld({ atMs: MINUTE_MS })
    const missed = anEvent({ lane: 'near', dueAtMs: MINUTE_MS + STILL_NEAR_MS - 1 })
    const inTime = anEvent({ lane: 'near', dueAtMs: MINUTE_MS + STILL_NEAR_MS })
    await dispatch(world, missed, inTime)
    expect(await announced(world, MINUTE_MS + ANNOUNCED_MS)).to.deep.equal(keys(missed))
    expect(await announced(world, MINUTE_MS + ANNOUNCED_MS + 1)).to.deep.equal([])
    expect(world.express.keys()).to.deep.equal([])
    expect(world.runners.names()).to.deep.equal([missed.slot])
  })

  it('announces one that was there already also where it was to be announced with its write, which may have failed', async () => {
    const soon = anEvent({ lane: 'soon', dueAtMs: MINUTE_MS + 1_000 })
    const near = anEvent({ lane: 'near', dueAtMs: MINUTE_MS + STILL_NEAR_MS })
    const express = anEvent({ lane: 'express', dueAtMs: MINUTE_MS })
    const world = aWorld({ atMs: MINUTE_MS })
    await dispatch(world, soon)
    expect(await announced(world, MINUTE_MS)).to.deep.equal([])
    await stepsOf(world).dispatch([], [soon, near, express])
    expect(await announced(world, MINUTE_MS)).to.deep.equal(keys(soon))
    expect(world.express.keys()).to.deep.equal(keys(express))
    expect(world.runners.names()).to.deep.equal([soon.slot])
  })

  it('announces again until the announcement was written while it stood', async () => {
    const world = aWorld({ atMs: MINUTE_MS })
    const missed = anEvent({ lane: 'near', dueAtMs: MINUTE_MS + 1_000 })
    let writesMs = [ANNOUNCED_MS + 1, ANNOUNCED_MS]
    const untils: number[] = []
    const announce: World['table']['announce'] = async (_events, untilMs) => {
      untils.push(untilMs - MINUTE_MS)
      const [ms = 0, ...rest] = writesMs
      writesMs = rest
      await world.clock.sleep(ms)
    }
    await world.clock.run(dispatch({ ...world, table: { ...world.table, announce } }, missed))
    expect(untils).to.deep.equal([ANNOUNCED_MS, 2 * ANNOUNCED_MS + 1])
  })

  it('announces once, however long that takes, in a minute that no clock shows any more, and opens the slot again', async () => {
    for (const [overMs, times] of [
      [60_000, 1],
      [0, 1],
      [-1, 2],
    ] as const) {
      const isOverMs = MINUTE_MS + 60_000 + CLOCK_SKEW_MS
      const world = aWorld({ atMs: isOverMs + overMs - ANNOUNCED_MS - 1 })
      let announcements = 0
      const announce: World['table']['announce'] = async () => {
        announcements++
        await world.clock.sleep(ANNOUNCED_MS + 1)
      }
      await world.clock.run(dispatch({ ...world, table: { ...world.table, announce } }, anEvent({ lane: 'near' })))
      expect([announcements, world.runners.names().length], `${overMs} ms`).to.deep.equal([times, 1])
    }
  })

  it('sends nothing by express of a slot that may have been settled before that is opened again, and counts it', async () => {
    const world = aWorld({ atMs: MINUTE_MS + 120_000 })
    const event = anEvent({ lane: 'express' })
    const unsettle: World['table']['unsettle'] = () => Promise.reject(new Error('throttled'))
    const failing = { ...world, table: { ...world.table, unsettle } }
    expect(await dispatch(failing, event).catch(({ message }) => message)).to.equal('throttled')
    expect(world.express.executions).to.deep.equal([])
    await dispatch(world, event)
    expect(world.express.keys()).to.deep.equal([event.key])
  })

  it('has one express delivery for all, which wakes a second before the first of them, in whole seconds', async () => {
    const world = aWorld({ atMs: MINUTE_MS })
    const events = [3_900, 2_500, 3_000].map((ms) => anEvent({ lane: 'express', dueAtMs: MINUTE_MS + ms }))
    await dispatch(world, ...events)
    expect(EXPRESS_LEAD_MS).to.equal(1_000)
    expect(world.express.executions.map(({ wakeAt }) => wakeAt)).to.deep.equal(['2026-11-23T12:34:01Z'])
    expect(world.express.keys()).to.deep.equal(keys(...events))
  })

  it('has an express delivery of what is past due wake at once', async () => {
    const world = aWorld({ atMs: MINUTE_MS + 30_000 })
    await dispatch(world, anEvent({ lane: 'express', dueAtMs: MINUTE_MS }))
    expect(world.express.executions.map(({ wakeAt }) => wakeAt)).to.deep.equal(['2026-11-23T12:34:30Z'])
  })

  it('fails when a slot is not opened, though what is urgent is on its way', async () => {
    const world = aWorld({ atMs: MINUTE_MS })
    world.runners.failWith(new Error('throttled'))
    const urgent = anEvent({ lane: 'express', dueAtMs: MINUTE_MS + 1_000 })
    expect(await dispatch(world, urgent).catch(({ message }: Error) => message)).to.equal('throttled')
    expect(world.express.keys()).to.deep.equal(keys(urgent))
  })
})
