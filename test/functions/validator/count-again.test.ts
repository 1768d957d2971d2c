import { expect } from 'chai'
import type { Outcome } from '../../../core/outcome.ts'
import { settleAtMs } from '../../../core/slot.ts'
import { SETTLE_MARGIN_MS } from '../../../core/timetable.ts'
import { countAgain } from '../../../functions/validator/count-again.ts'
import { follow } from '../../../status/event-status.ts'
import { arriving, NOW_MS } from '../../support/arriving.ts'
import { aWorld, stepsOf } from '../../support/world.ts'

const event = arriving(5_000, { id: 'own' })
const { slot, key } = event
const cancelled: Outcome = { slot, key, kind: 'cancelled', atMs: NOW_MS }
const MAY_BE_SETTLED_MS = settleAtMs(slot) - SETTLE_MARGIN_MS

/** Whether the slot is to be settled again, after its cancelled event has come back at an instant, so many times. */
async function counted(atMs: number, { times = 1, isThere = true } = {}): Promise<number> {
  const world = aWorld({ atMs: NOW_MS })
  if (isThere) await world.table.park([event])
  await world.table.conclude(cancelled)
  await world.clock.advanceTo(atMs)
  const deps = { ...world, ...stepsOf(world) }
  for (let time = 0; time < times; time++)
    await world.clock.run(follow(world.table, event).then((standing) => countAgain(deps, standing)))
  return (await world.table.runnerRecord(slot)).version
}

describe('the slot of a cancelled event whose message comes back', () => {
  it('is settled again once it may have been settled without the event', async () => {
    expect(await counted(MAY_BE_SETTLED_MS)).to.equal(1)
    expect(await counted(MAY_BE_SETTLED_MS - 1)).to.equal(0)
  })

  it('is settled again once, however often the message comes', async () => {
    expect(await counted(MAY_BE_SETTLED_MS, { times: 3 })).to.equal(1)
  })

  it('is left alone where the event never came', async () => {
    expect(await counted(MAY_BE_SETTLED_MS, { isThere: false })).to.equal(0)
  })
})
