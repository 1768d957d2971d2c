import { expect } from 'chai'
import { type Segment, segmentsOf } from '../../../core/segment.ts'
import { slotAt } from '../../../core/slot.ts'
import { READ_AHEAD_MS } from '../../../core/timetable.ts'
import { emitterWith, handler } from '../../../functions/emitter/handler.ts'
import { anEvent, MINUTE_MS, topicArn } from '../../support/builders.ts'
import { asDeployed, refusal } from '../../support/deployed.ts'
import { aWorld } from '../../support/world.ts'

const SLOT = slotAt(MINUTE_MS, 0)
const [SEGMENT] = segmentsOf(SLOT, []) as [Segment]

/** An emitter that notes until when it was to warm up. */
function anEmitter() {
  const world = aWorld({ atMs: MINUTE_MS - 4_000 })
  const warmedUpUntil: number[] = []
  const warmUp = async (untilMs: number) => warmedUpUntil.push(untilMs)
  return { world, warmedUpUntil, emit: emitterWith({ ...world, warmUp }) }
}

describe('the emitter', () => {
  it('delivers a segment for its runner, warmed up until it begins to read', async () => {
    const { world, warmedUpUntil, emit } = anEmitter()
    await world.table.park([anEvent(), anEvent()])
    expect(await world.clock.run(emit({ slot: SLOT, segment: SEGMENT }))).to.include({ delivered: 2 })
    expect(warmedUpUntil).to.deep.equal([MINUTE_MS - READ_AHEAD_MS])
  })

  it('delivers single events for the express lane, without warming up', async () => {
    const { world, warmedUpUntil, emit } = anEmitter()
    const event = anEvent({ dueAtMs: MINUTE_MS, lane: 'express' })
    await world.table.park([event])
    const refs = [{ slot: event.slot, key: event.key }]
    expect(await world.clock.run(emit({ execution: 'one', events: refs }))).to.include({ delivered: 1 })
    expect(world.topics.received(topicArn()).map(({ sentAtMs }) => sentAtMs)).to.deep.equal([MINUTE_MS])
    expect(warmedUpUntil).to.deep.equal([])
  })
})

describe('the emitter, as deployed', () => {
  asDeployed()

  it('delivers by express what is there, and nothing else', async () => {
    const events = [{ slot: '2020-01-01T00-00Z-00', key: '001577836800000#none' }]
    expect(await handler({ execution: 'one', events })).to.deep.equal({
      delivered: 0,
      failed: 0,
      expired: 0,
      cancelled: 0,
      moved: 0,
      retrying: 0,
    })
  })

  it('refuses a slot without a segment, and an event without a key', async () => {
    expect(await refusal(() => handler({ slot: '2026-11-23T12-34Z-00' }))).to.equal('INPUT_INVALID')
    expect(await refusal(() => handler({ execution: 'one', events: [{ slot: 'a' }] }))).to.equal('INPUT_INVALID')
  })
})
