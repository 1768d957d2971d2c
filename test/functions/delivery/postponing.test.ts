import { expect } from 'chai'
import { MAX_HELD_BYTES } from '../../../core/segment.ts'
import { EVENT_BYTES } from '../../../functions/delivery/outstanding-events.ts'
import { MAX_POSTPONING, MAX_POSTPONING_BYTES, startPostponing } from '../../../functions/delivery/postponing.ts'
import { anEvent, MINUTE_MS } from '../../support/builders.ts'
import { fakeClock } from '../../support/fake-clock.ts'

/** Postponing of which each takes 10 ms. */
function aPostponing() {
  const clock = fakeClock(MINUTE_MS)
  const [began, ended]: [string[], string[]] = [[], []]
  const postponing = startPostponing({
    async postpone({ id }) {
      began.push(id)
      await clock.sleep(10)
      ended.push(id)
    },
  })
  return { clock, began, ended, postponing }
}

describe('events that are parked again', () => {
  it('are so sixteen at a time, each once and in order', async () => {
    const { clock, began, ended, postponing } = aPostponing()
    const events = Array.from({ length: MAX_POSTPONING * 2 + 1 }, () => anEvent())
    for (const event of events) expect(postponing.add(event)).to.equal(true)
    expect(began).to.have.length(MAX_POSTPONING)
    await clock.advance(10)
    expect([ended.length, began.length]).to.deep.equal([MAX_POSTPONING, MAX_POSTPONING * 2])
    await clock.advance(20)
    expect(ended).to.deep.equal(events.map(({ id }) => id))
  })

  it('are no more than fit into four megabytes, an eighth of what an emitter holds; there is room again when one is done with', async () => {
    expect(MAX_POSTPONING_BYTES).to.equal(MAX_HELD_BYTES / 8)
    const { clock, postponing } = aPostponing()
    const half = anEvent({ payload: 'x'.repeat(MAX_POSTPONING_BYTES / 2 - EVENT_BYTES) })
    expect([postponing.room(), postponing.add(half), postponing.room()]).to.deep.equal([
      MAX_POSTPONING_BYTES,
      true,
      MAX_POSTPONING_BYTES / 2,
    ])
    expect([postponing.add({ ...half }), postponing.add(anEvent())]).to.deep.equal([true, false])
    await clock.advance(10)
    expect([postponing.room(), postponing.add(anEvent())]).to.deep.equal([MAX_POSTPONING_BYTES, true])
  })
})
