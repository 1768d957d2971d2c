import { expect } from 'chai'
import { statesOfId } from '../../../functions/validator/states-of-id.ts'
import { arriving, NOW_MS } from '../../support/arriving.ts'
import { aWorld, stepsOf } from '../../support/world.ts'

describe('where the events of an id stand', () => {
  const publishedBy = (messageId: string, agoMs: number) => ({ messageId, atMs: NOW_MS - agoMs })
  const ofA = (inMs: number, messageId: string, agoMs: number) =>
    arriving(inMs, { id: 'a', publication: publishedBy(messageId, agoMs) })

  it('is told of those that were published until a request was, from an instant on, each once, and not of its own', async () => {
    const world = aWorld({ atMs: NOW_MS })
    const [first, second, own, later] = [
      ofA(60_000, 'first', 9),
      ofA(70_000, 'second', 8),
      ofA(80_000, 'this', 7),
      ofA(90_000, 'later', 6),
    ] as const
    const again = ofA(60_000, 'again', 8)
    for (const event of [first, second, own, later, again])
      await world.clock.run(stepsOf(world).schedule([event, arriving(60_000, { id: 'b' })]))
    const { slot, key } = second
    await world.table.conclude({ slot, key, kind: 'failed', atMs: NOW_MS })
    const dues = async (sinceMs?: number) => {
      const states = await statesOfId(world, { id: 'a', publication: publishedBy('this', 7) }, sinceMs)
      return states.map(({ ref, status, publishedAtMs }) => [ref.key, status, NOW_MS - publishedAtMs])
    }
    expect(await dues()).to.have.deep.members([
      [first.key, 'pending', 9],
      [second.key, 'failed', 8],
    ])
    expect(await dues(NOW_MS - 8)).to.have.deep.members([
      [first.key, 'pending', 8],
      [second.key, 'failed', 8],
    ])
  })
})
