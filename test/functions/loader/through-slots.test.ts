import { expect } from 'chai'
import type { Slot } from '../../../core/slot.ts'
import { throughSlots } from '../../../functions/loader/through-slots.ts'
import { MINUTE_MS } from '../../support/builders.ts'
import { minute, parkAt, slotOfMinute } from '../../support/minutes.ts'
import { aWorld, type World } from '../../support/world.ts'

describe('the way through the slots of a stretch', () => {
  const go = async (
    world: World,
    work: (slot: Slot) => Promise<void>,
    { toMs = minute(100), deadlineMs = 9e15 } = {},
  ) => {
    const reached: number[] = []
    const stretch = {
      fromMs: minute(0),
      toMs,
      deadlineMs,
      reached: async (untilMs: number) => void reached.push((untilMs - MINUTE_MS) / 60_000),
    }
    const fault = await throughSlots(world, stretch, work).then(
      () => undefined,
      ({ message }: Error) => message,
    )
    return { reached, fault }
  }
  const aWorldOfMinutes = async (...minutes: number[]) => {
    const world = aWorld()
    await parkAt(world, ...minutes)
    return world
  }

  it('leaves out minutes in which nothing was ever written, and tells that they are done', async () => {
    const world = await aWorldOfMinutes(-1, 0, 7, 99, 100)
    const seen: Slot[] = []
    const { reached } = await go(world, async (slot) => void seen.push(slot))
    expect(seen).to.deep.equal([slotOfMinute(0), slotOfMinute(7), slotOfMinute(99)])
    expect(reached.at(-1)).to.equal(100)
  })

  it('tells after every ten minutes how far it is', async () => {
    const world = await aWorldOfMinutes(...Array.from({ length: 25 }, (_, n) => n))
    expect((await go(world, async () => {})).reached).to.deep.equal([10, 20, 25, 100])
  })

  it('ends at the minute of its first fault, when its neighbours are done', async () => {
    const world = await aWorldOfMinutes(...Array.from({ length: 25 }, (_, n) => n))
    const seen: Slot[] = []
    const { reached, fault } = await go(world, async (slot) => {
      if (slot === slotOfMinute(13)) throw new Error('down')
      await Promise.resolve()
      seen.push(slot)
    })
    expect(fault).to.equal('down')
    expect(reached).to.deep.equal([10, 13])
    expect(seen).to.include(slotOfMinute(19))
    expect(seen).to.not.include(slotOfMinute(20))
  })

  it('begins nothing new when its time is over', async () => {
    const world = await aWorldOfMinutes(...Array.from({ length: 25 }, (_, n) => n))
    const deadlineMs = world.clock.now() + 2_000
    const going = go(world, () => world.clock.sleep(1_500), { deadlineMs })
    expect((await world.clock.run(going)).reached).to.deep.equal([10, 20])
  })

  it('does nothing where there is no minute', async () => {
    const world = await aWorldOfMinutes(0)
    expect((await go(world, async () => {}, { toMs: minute(0) + 59_999 })).reached).to.deep.equal([])
  })
})
