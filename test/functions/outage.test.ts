import { expect } from 'chai'
import { slotAt } from '../../core/slot.ts'
import { OUTAGE_DAYS } from '../../core/timetable.ts'
import { due, MINUTE_MS, topicArn } from '../support/builders.ts'
import { load } from '../support/minutes.ts'
import { parkAll } from '../support/parking.ts'
import { aWorld, functionsOf } from '../support/world.ts'

const DAY_MS = 24 * 3_600_000
const SLOT = slotAt(MINUTE_MS, 0)

describe('an outage', () => {
  it(`of ${OUTAGE_DAYS - 1} days loses nothing, though facts are retained for two`, async () => {
    const world = aWorld({ retentionDays: 2 })
    const [pending, cancelled] = [due(1_000), due(2_000)]
    await world.table.beginWatermark(MINUTE_MS - 60_000)
    await parkAll(world, [pending, cancelled])
    await world.table.conclude({ ...cancelled, kind: 'cancelled', atMs: MINUTE_MS - 60_000 })
    await world.clock.advanceTo(MINUTE_MS + (OUTAGE_DAYS - 1) * DAY_MS)
    world.table.forgetExpired()
    await load(world)
    expect(world.runners.names()).to.deep.equal([SLOT])
    expect(await world.clock.run(functionsOf(world).settler({ slot: SLOT }))).to.include({
      settled: true,
      delivered: 1,
      cancelled: 1,
    })
    expect(world.topics.received(topicArn()).map(({ id }) => id)).to.deep.equal([pending.id])
  })
})
