import { expect } from 'chai'
import { placeOf } from '../../client/place-of.ts'
import { emitAtMsOf } from '../../core/event.ts'
import { due, MINUTE_MS } from '../support/builders.ts'
import { parkAll } from '../support/parking.ts'
import { aWorld } from '../support/world.ts'

const meant = (nowMs: number) => ({ prefer: ['pending', 'retrying'] as const, nowMs })
const faultOf = (event: unknown) => placeOf(aWorld().table, event as string, meant(MINUTE_MS)).catch(({ code }) => code)

describe('the place of an event that a client names', () => {
  it('is in the shard of its minute that its id falls to', async () => {
    const world = aWorld({ shards: 8 })
    const event = due(5, { id: 'my-id', ...{ shards: 8 } })
    await parkAll(world, [event])
    const { slot, key } = event
    expect(await placeOf(world.table, { id: 'my-id', date: MINUTE_MS + 5 }, meant(0))).to.deep.equal({ slot, key })
    expect(await placeOf(world.table, { id: 'my-id', date: { in: '5ms' } }, meant(MINUTE_MS))).to.deep.equal({
      slot,
      key,
    })
  })

  it('is where it would stand, where nothing was ever scheduled for that minute', async () => {
    const { slot, key } = due(5, { id: 'my-id' })
    expect(await placeOf(aWorld().table, { id: 'my-id', date: MINUTE_MS + 5 }, meant(0))).to.deep.equal({ slot, key })
  })

  it('is nowhere for what is no name', async () => {
    for (const id of ['', 'an id', 5, undefined, null]) expect(await faultOf({ id, date: 0 })).to.equal('ID_INVALID')
    for (const event of [null, undefined, 7]) expect(await faultOf(event)).to.equal('ID_INVALID')
    expect(await faultOf({ id: 'my-id', date: 'soon' })).to.equal('DATE_INVALID')
  })

  describe('by its id alone', () => {
    /** Events of one id, published one after the other, of which some have been cancelled. */
    async function known(dues: number[], cancelled: number[] = []) {
      const events = dues.map((afterMs, i) =>
        due(afterMs, { id: 'my-id', publication: { messageId: `message-${i}`, atMs: MINUTE_MS - 1_000 + i } }),
      )
      const world = aWorld({ atMs: MINUTE_MS - 500 })
      await parkAll(world, events)
      await world.table.index(events)
      for (const i of cancelled) {
        const { slot, key } = events[i] as (typeof events)[number]
        await world.table.conclude({ slot, key, kind: 'cancelled', atMs: 1 })
      }
      const { key } = await placeOf(world.table, 'my-id', meant(MINUTE_MS))
      return emitAtMsOf(key) - MINUTE_MS
    }

    it('is where the one stands that is due next', async () => {
      expect(await known([3_000])).to.equal(3_000)
      expect(await known([3_000, 1_000, 2_000])).to.equal(1_000)
      expect(await known([3_000, 1_000, 2_000], [1])).to.equal(2_000)
    })

    it('is where the last stands that was published, where none is to come', async () => {
      expect(await known([3_000, 1_000, 2_000], [0, 1, 2])).to.equal(2_000)
    })

    it('is nowhere where none is known', async () => {
      expect(await faultOf('my-id')).to.equal('EVENT_NOT_FOUND')
      expect(await faultOf({ id: 'my-id' })).to.equal('EVENT_NOT_FOUND')
    })
  })
})
