import { expect } from 'chai'
import { SchedulerError } from '../../../core/errors.ts'
import { handler, loaderWith } from '../../../functions/loader/handler.ts'
import { MINUTE_MS } from '../../support/builders.ts'
import { aWorld } from '../../support/world.ts'

describe('the loader', () => {
  it('does its minute’s work whatever it is invoked with', async () => {
    const world = aWorld({ atMs: MINUTE_MS })
    await loaderWith(world)({ source: 'aws.scheduler' })
    expect(world.metrics.published).to.deep.equal([{ OpenedSlots: 0, UnsettledSlots: 0, SweepLag: 0 }])
  })
})

describe('the loader, as deployed', () => {
  it('says which of its variables are missing', () => {
    expect(() => handler({})).to.throw(SchedulerError, 'EVENTS_TABLE')
  })
})
