import { expect } from 'chai'
import { SchedulerError } from '../../../core/errors.ts'
import type { ScheduledEvent } from '../../../core/event.ts'
import { parkAll } from '../../../functions/validator/park-all.ts'
import { arriving, NOW_MS } from '../../support/arriving.ts'
import { aWorld, type World } from '../../support/world.ts'

/** An event whose id is that of its message. */
const ofSns = (inMs: number, id: string) => arriving(inMs, { id, publication: { messageId: id, atMs: NOW_MS } })

/** A table that notes which events are written in bulk, and which one by one. */
function watched({ table }: World, changes: Partial<World['table']> = {}) {
  const written: Record<'bulk' | 'alone', string[]> = { bulk: [], alone: [] }
  const idsOf = (events: readonly ScheduledEvent[]) => events.map(({ id }) => id)
  const park: World['table']['park'] = async (events) => {
    written.bulk.push(...idsOf(events))
    await (changes.park ?? table.park)(events)
  }
  const parkFirst: World['table']['parkFirst'] = async (events) => {
    written.alone.push(...idsOf(events))
    return (changes.parkFirst ?? table.parkFirst)(events)
  }
  return { written, table: { park, parkFirst } }
}

describe('parking a batch', () => {
  it('is done in bulk, but for what somebody else may have parked otherwise: ids of clients, and the express lane', async () => {
    const events = [ofSns(60_000, 'far'), arriving(60_000, { id: 'own' }), ofSns(1_000, 'express')]
    const { written, table } = watched(aWorld({ atMs: NOW_MS }))
    expect(await parkAll({ table }, events)).to.deep.equal({ parked: events, taken: [], fault: undefined })
    expect(written).to.deep.equal({ bulk: ['far'], alone: ['own', 'express'] })
  })

  it('asks nothing of the table for what is not there', async () => {
    const world = aWorld({ atMs: NOW_MS })
    const never = () => Promise.reject(new Error('asked'))
    const nothing = { parked: [], taken: [], fault: undefined }
    expect(await parkAll({ table: { park: never, parkFirst: never } }, [])).to.deep.equal(nothing)
    const [own, other] = [arriving(60_000), ofSns(60_000, 'of SNS')]
    expect(await parkAll({ table: { ...world.table, park: never } }, [own])).to.have.deep.property('parked', [own])
    const alone = await parkAll({ table: { ...world.table, parkFirst: never } }, [other])
    expect(alone).to.have.deep.property('parked', [other])
  })

  it('says in whose places there are others, which stay', async () => {
    const world = aWorld({ atMs: NOW_MS })
    const first = arriving(60_000, { payload: 'first' })
    const [second, free] = [{ ...first, payload: 'second' }, arriving(60_000)]
    await world.table.park([first])
    const { parked, taken } = await parkAll(world, [second, free])
    expect([parked, taken]).to.deep.equal([[free], [second]])
    expect((await world.table.find([first])).map(({ payload }) => payload)).to.deep.equal(['first'])
  })

  it('says what was written where there was no time for all, in bulk and one by one', async () => {
    const world = aWorld({ atMs: NOW_MS })
    const [bulk, bulkLate, own, ownLate] = [
      ofSns(60_000, 'bulk'),
      ofSns(60_000, 'bulk-late'),
      arriving(60_000),
      arriving(60_000),
    ]
    const late = new SchedulerError('TABLE_UNAVAILABLE', 'no time', { unwritten: [bulkLate] })
    const why = new SchedulerError('TABLE_UNAVAILABLE', 'no time for those alone')
    const parkFirst = async () => ({ taken: [], unwritten: [ownLate], why })
    const all = [bulk, bulkLate, own, ownLate]
    const both = await parkAll({ table: watched(world, { park: () => Promise.reject(late), parkFirst }).table }, all)
    expect(both).to.deep.equal({ parked: [bulk, own], taken: [], fault: why })
    const inBulk = await parkAll({ table: watched(world, { park: () => Promise.reject(late) }).table }, all)
    expect(inBulk).to.deep.equal({ parked: [bulk, own, ownLate], taken: [], fault: late })
  })

  for (const fault of [new SchedulerError('TABLE_UNAVAILABLE', 'gone'), new Error('gone')])
    it(`fails when nobody knows what was written, with ${fault.name}`, async () => {
      const { table } = watched(aWorld({ atMs: NOW_MS }), { park: () => Promise.reject(fault) })
      const answer = await parkAll({ table }, [ofSns(60_000, 'of SNS')]).catch((error) => error)
      expect(answer).to.equal(fault)
    })
})
