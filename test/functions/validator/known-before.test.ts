import { expect } from 'chai'
import { orderOfCancel } from '../../../core/clearing.ts'
import type { IndexKind } from '../../../core/index-kind.ts'
import { clearingsOf, indexAll, knownAmong } from '../../../functions/validator/known-before.ts'
import { arriving, NOW_MS } from '../../support/arriving.ts'
import { anEvent, MINUTE_MS } from '../../support/builders.ts'
import { aWorld, stepsOf, type World } from '../../support/world.ts'

const publication = { messageId: 'of SNS', atMs: NOW_MS }
const depsOf = (world: World) => ({ ...world, slotAt: stepsOf(world).slotAt })
const placesOf = async (world: World, id: string) =>
  (await Array.fromAsync(world.table.placesOfId(id))).flat().map(({ ref }) => ref)

describe('what is known of events before they are written', () => {
  for (const [index, ids] of [
    ['own', ['a']],
    ['none', []],
  ] as [IndexKind, string[]][])
    it(`is asked of ids of clients, of what is due within seconds, and of minutes that are over: index ${index}`, async () => {
      const world = aWorld({ atMs: NOW_MS, index })
      const asked: string[] = []
      const knownBefore: World['table']['knownBefore'] = (refs, idsOfClients) => {
        asked.push(...refs.map(({ key }) => key), ...idsOfClients)
        return world.table.knownBefore(refs, idsOfClients)
      }
      const [own, urgent, ordinary, past] = [
        arriving(60_000, { id: 'a', publication }),
        arriving(1_000, { id: 'of SNS', publication }),
        arriving(60_000, { id: 'of SNS', publication }),
        anEvent({ id: 'of SNS', publication, dueAtMs: MINUTE_MS - 1 }),
      ] as const
      const deps = depsOf({ ...world, table: { ...world.table, knownBefore } })
      await knownAmong(deps, [own, urgent, ordinary, past])
      expect(asked).to.deep.equal([own.key, urgent.key, past.key, ...ids])
    })

  it('is that one is there, or was cancelled with all of its id after it was published', async () => {
    const world = aWorld({ atMs: NOW_MS })
    const [there, cleared, later, unknown] = [
      arriving(60_000, { publication }),
      arriving(60_000, { id: 'b', publication }),
      arriving(90_000, { id: 'b', publication: { messageId: 'later', atMs: NOW_MS + 2 } }),
      arriving(60_000, { publication }),
    ] as const
    await world.table.park([there])
    await world.table.clear('b', orderOfCancel({ messageId: 'a cancel', atMs: NOW_MS + 1 }))
    const isKnown = await knownAmong(depsOf(world), [there, cleared, later, unknown])
    expect([there, cleared, later, unknown].map(isKnown)).to.deep.equal([true, true, false, false])
  })
})

describe('the places that are noted under ids', () => {
  it('are those of the dates, wherever the events go on', async () => {
    const world = aWorld({ atMs: NOW_MS })
    const event = arriving(60_000, { id: 'a', publication })
    await indexAll(depsOf(world), [{ ...event, slot: 'a later one' }])
    expect(await placesOf(world, 'a')).to.deep.equal([{ slot: event.slot, key: event.key }])
  })

  it('are none where ids are not indexed, and nothing is asked for nothing', async () => {
    const world = aWorld({ atMs: NOW_MS, index: 'none' })
    const event = arriving(60_000, { id: 'a', publication })
    await indexAll(depsOf(world), [event])
    expect(await placesOf(world, 'a')).to.deep.equal([])
    const never = () => Promise.reject(new Error('asked'))
    const table = { ...world.table, index: never, clearingsOf: never }
    const deps = depsOf({ ...aWorld({ atMs: NOW_MS }), table })
    await indexAll(deps, [])
    expect(await clearingsOf(deps, [])).to.deep.equal(new Map())
    expect(await clearingsOf({ ...deps, index: 'none' }, [event])).to.deep.equal(new Map())
  })
})
