import { expect } from 'chai'
import { placeOf } from '../../client/place-of.ts'
import { due, MINUTE_MS } from '../support/builders.ts'
import { parkAll } from '../support/parking.ts'
import { aWorld } from '../support/world.ts'

const faultOf = (event: unknown) => placeOf(aWorld().table, event as string, MINUTE_MS).catch(({ code }) => code)

describe('the place of an event that a client names', () => {
  it('is in the shard of its minute that its id falls to', async () => {
    const world = aWorld({ shards: 8 })
    const event = due(5, { id: 'my-id', ...{ shards: 8 } })
    await parkAll(world, [event])
    const { slot, key } = event
    expect(await placeOf(world.table, { id: 'my-id', date: MINUTE_MS + 5 }, 0)).to.deep.equal({ slot, key })
    expect(await placeOf(world.table, { id: 'my-id', date: { in: '5ms' } }, MINUTE_MS)).to.deep.equal({ slot, key })
  })

  it('is where it would stand, where nothing was ever scheduled for that minute', async () => {
    const { slot, key } = due(5, { id: 'my-id' })
    expect(await placeOf(aWorld().table, { id: 'my-id', date: MINUTE_MS + 5 }, 0)).to.deep.equal({ slot, key })
  })

  it('is nowhere for what is no name', async () => {
    for (const id of ['', 'an id', 5, undefined, null]) expect(await faultOf({ id, date: 0 })).to.equal('ID_INVALID')
    for (const event of [null, undefined, 7]) expect(await faultOf(event)).to.equal('ID_INVALID')
    expect(await faultOf({ id: 'my-id', date: 'soon' })).to.equal('DATE_INVALID')
  })
})
