import { expect } from 'chai'
import { SchedulerError } from '../../../core/errors.ts'
import { nextKey } from '../../../core/placement.ts'
import { emptySettlement } from '../../../core/settlement.ts'
import { slotAt } from '../../../core/slot.ts'
import { GIVE_UP_AFTER_MS } from '../../../core/timetable.ts'
import type { Untold } from '../../../core/untold.ts'
import { delivering } from '../../../functions/delivery/delivering.ts'
import { concludingWith, goingOnWith, parkNext } from '../../../functions/delivery/going-on.ts'
import { anEvent, FAILURE_TOPIC, MINUTE_MS, topicArn } from '../../support/builders.ts'
import { aWorld, type World } from '../../support/world.ts'

const NOW_MS = MINUTE_MS + 30_000
const HOUR_MS = 3_600_000
/** With even dice. */
const aWorldNow = () => ({ ...aWorld({ atMs: NOW_MS }), random: () => 0.5 })
const goingOn = (world: World) => goingOnWith(delivering(world), concludingWith(delivering(world), undefined))
const untoldSince = (sinceMs: number): Untold => ({
  kind: 'expired',
  code: 'EXPIRED',
  error: 'in words',
  reason: 'why',
  sinceMs,
})

describe('an attempt that takes so long to park that its slot is over meanwhile', () => {
  it('has the slot opened again, which was settled without it', async () => {
    const world = aWorld({ atMs: MINUTE_MS + 30_000 })
    const event = anEvent({ dueAtMs: MINUTE_MS + 30_000 })
    const atMs = MINUTE_MS + 60_000
    const next = { slot: slotAt(atMs, 0), key: nextKey(event, atMs) }
    const park: World['table']['park'] = async (events) => {
      await world.clock.sleep(120_000)
      await world.table.settle(next.slot, 0, emptySettlement())
      await world.table.park(events)
    }
    await world.clock.run(parkNext({ ...delivering(world), table: { park } }, event, next))
    expect(await world.table.runnerRecord(next.slot)).to.not.have.property('settledAtMs')
    expect(world.runners.names()).to.deep.equal([next.slot])
  })
})

describe('an event that goes on', () => {
  it('is parked nowhere when somebody else has ended it, and nobody can say how', async () => {
    const world = aWorldNow()
    const table = { ...world.table, conclude: async () => false, outcomesOf: async () => [] }
    const event = anEvent({ dueAtMs: NOW_MS })
    const outcome = await goingOn({ ...world, table }).goOn(event, NOW_MS + 60_000, { attempts: 1 })
    expect(outcome).to.equal(undefined)
    expect(world.table.eventsIn(slotAt(NOW_MS + 60_000, 0))).to.deep.equal([])
  })
})

describe('a failure of which nobody could be told', () => {
  it('is told later, after as long again as it has been, and that is no attempt', async () => {
    const world = aWorldNow()
    world.topics.fail(FAILURE_TOPIC, 'TARGET_DENIED')
    const untold = untoldSince(NOW_MS - 100_000)
    const outcome = await goingOn(world).tell(anEvent({ dueAtMs: NOW_MS, attempt: 4 }), untold)
    expect(outcome).to.deep.include({ kind: 'retrying', attempts: 3, untold })
    expect(outcome?.reason).to.match(/^why; not told yet: The failure topic .* does not take/)
    const [next] = await world.table.find(outcome?.next ? [outcome.next] : [])
    expect(next).to.deep.include({ attempt: 4, untold, emitAtMs: NOW_MS + 100_000 })
  })

  it('is told no more when a day would be over, and a person is told instead, once', async () => {
    for (const [sinceMs, kind] of [
      [NOW_MS + HOUR_MS - GIVE_UP_AFTER_MS, 'retrying'],
      [NOW_MS + HOUR_MS - GIVE_UP_AFTER_MS - 1, 'failed'],
    ] as const) {
      const world = aWorldNow()
      const event = anEvent({ dueAtMs: NOW_MS })
      const outcome = await goingOn(world).tellLater(event, untoldSince(sinceMs), 'the moon')
      expect(outcome).to.include({ kind })
      const isOver = kind === 'failed'
      expect(world.metrics.sum('Untold')).to.equal(isOver ? 1 : 0)
      if (!isOver) continue
      expect(outcome?.reason).to.equal('why; nobody could be told: the moon')
      const message = 'failed, and nobody could be told'
      const line = { level: 'error', message, id: event.id, due: event.date, error: 'in words', why: 'the moon' }
      expect(world.log.of(message)).to.deep.equal([line])
    }
  })

  for (const fault of [new Error('a bug'), new SchedulerError('INPUT_INVALID', 'a bug')])
    it(`is a fault when it is not the topic that keeps it from being told: ${fault.name}`, async () => {
      const deps = { ...delivering(aWorldNow()), notify: () => Promise.reject(fault) }
      const { tell } = goingOnWith(deps, concludingWith(deps, undefined))
      const event = anEvent({ target: topicArn() })
      expect(await tell(event, untoldSince(1)).catch((error: unknown) => error)).to.equal(fault)
    })
})
