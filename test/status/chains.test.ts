import { expect } from 'chai'
import { eventKey, type ScheduledEvent } from '../../core/event.ts'
import { slotAt } from '../../core/slot.ts'
import { chainsFrom, headOf, placesOf, standingOf } from '../../status/chains.ts'
import { due, MINUTE_MS } from '../support/builders.ts'
import { aWorldWith, type World } from '../support/world.ts'

function atNextTurn(event: ScheduledEvent, atMs: number, turn: number): ScheduledEvent {
  return { ...event, slot: slotAt(atMs, 0), key: eventKey(atMs, event.id, turn), emitAtMs: atMs, attempt: turn }
}

const goOn = ({ table }: World, from: ScheduledEvent, { slot, key }: ScheduledEvent) =>
  table.conclude({ slot: from.slot, key: from.key, kind: 'retrying', atMs: 1, next: { slot, key } })

describe('the places of an event', () => {
  it('are one for an event that stands where its date is', async () => {
    const event = due(0)
    const world = await aWorldWith([event], MINUTE_MS)
    const [chain] = await chainsFrom(world.table, await placesOf(world.table, [event]))
    expect(chain).to.have.length(1)
    expect(chain && standingOf(chain).event).to.include({ id: event.id, size: event.payload.length })
  })

  it('are all those through which it has gone, several events side by side', async () => {
    const [a1, b] = [due(0, { id: 'a' }), due(1, { id: 'b' })]
    const a2 = atNextTurn(a1, MINUTE_MS + 30_000, 2)
    const a3 = atNextTurn(a1, MINUTE_MS + 90_000, 3)
    const world = await aWorldWith([a1, a2, a3, b], MINUTE_MS)
    await goOn(world, a1, a2)
    await goOn(world, a2, a3)
    const [ofA, ofB] = await chainsFrom(world.table, await placesOf(world.table, [a1, b]))
    expect(ofA?.map(({ ref }) => ref.key)).to.deep.equal([a1.key, a2.key, a3.key])
    expect(ofB?.map(({ ref }) => ref.key)).to.deep.equal([b.key])
  })

  it('end where an event goes on though nobody has parked it there yet, and tell of it as it was parked last', async () => {
    const first = due(0, { id: 'a' })
    const world = await aWorldWith([first], MINUTE_MS)
    await goOn(world, first, atNextTurn(first, MINUTE_MS + 90_000, 2))
    const [chain] = await chainsFrom(world.table, await placesOf(world.table, [first]))
    expect(chain && standingOf(chain).event).to.equal(undefined)
    expect(chain && headOf(chain)?.key).to.equal(first.key)
  })

  it('are one for an event that was rescheduled: at its new date it is another', async () => {
    const event = due(0, { id: 'a' })
    const world = await aWorldWith([event], MINUTE_MS)
    const next = { slot: slotAt(MINUTE_MS + 60_000, 0), key: eventKey(MINUTE_MS + 60_000, 'a', 1) }
    await world.table.conclude({ slot: event.slot, key: event.key, kind: 'cancelled', atMs: 1, next })
    const [chain] = await chainsFrom(world.table, await placesOf(world.table, [event]))
    expect(chain).to.have.length(1)
  })
})
