import { expect } from 'chai'
import type { ScheduledEvent } from '../../../core/event.ts'
import { CLAIM_MS } from '../../../core/timetable.ts'
import { delivering } from '../../../functions/delivery/delivering.ts'
import { emptyTally, fateWith } from '../../../functions/delivery/fate.ts'
import { dyingAt, FAULTS, failingAt, surrounded } from '../../support/breaking.ts'
import { anEvent, FAILURE_TOPIC, MINUTE_MS, topicArn } from '../../support/builders.ts'
import { drain } from '../../support/drain.ts'
import { instant } from '../../support/rescheduling.ts'
import { aWorldWith, stepsOf, type World } from '../../support/world.ts'

const NOW_MS = MINUTE_MS + 30_000
const at = (atMs: number, messageId: string) => ({ messageId, atMs })

/** A world in which an event is due now and fails, with a client that has asked for it long before. */
async function aFailure(fields: Partial<ScheduledEvent> = {}) {
  const event = anEvent({ dueAtMs: NOW_MS, publication: at(MINUTE_MS - 600_000, 'first'), ...fields })
  const world = await aWorldWith([event], NOW_MS)
  await world.runners.start(event.slot, JSON.stringify({ slot: event.slot }))
  const fails = (one: World) => {
    const fate = fateWith(delivering(one), { checkpointing: { record: () => {} }, tally: emptyTally() })
    if (event.latestAtMs !== undefined) return fate.expired(event)
    return fate.failed(event, { ok: false, code: 'TARGET_NOT_FOUND', error: 'a reason' })
  }
  const askAgain = () => stepsOf(world).schedule([{ ...event, publication: at(world.clock.now(), 'again') }])
  return { world, event, fails, askAgain }
}

/** The same world, in which something else is done before an event's end is written. */
function beforeItsEnd(world: World, then: () => Promise<unknown>, changed = world): World {
  const conclude: World['table']['conclude'] = async (outcome) => {
    await then()
    return changed.table.conclude(outcome)
  }
  return { ...changed, table: { ...changed.table, conclude } }
}

const attempts = (world: World) => world.topics.received(topicArn()).map(({ attributes }) => attributes.attempt)

describe('an event that is asked for again after it has failed, and before that is written', () => {
  it('has another attempt, half a minute later', async () => {
    const { world, event, fails, askAgain } = await aFailure()
    await world.clock.run(fails(beforeItsEnd(world, askAgain)))
    const [outcome = expect.fail()] = world.table.outcomesIn(event.slot)
    const publication = at(NOW_MS, 'again')
    const reason = 'asked for again after it had failed'
    expect(outcome).to.deep.include({ kind: 'retrying', attempts: 1, reason, publication })
    const [next] = await world.table.find(outcome.next ? [outcome.next] : [])
    expect(next).to.deep.include({ attempt: 2, dueAtMs: NOW_MS, publication })
    expect(next?.emitAtMs).to.be.within(NOW_MS + 22_500, NOW_MS + 37_500)
    await drain(world, 5)
    expect(attempts(world)).to.deep.equal(['2'])
  })

  it('is told of once more, where its latest time has passed', async () => {
    const { world, fails, askAgain } = await aFailure({ latest: 'then', latestAtMs: NOW_MS - 1 })
    await world.clock.run(fails(beforeItsEnd(world, askAgain)))
    await drain(world, 5)
    expect(world.topics.notices(FAILURE_TOPIC).map(({ code }) => code)).to.deep.equal(['EXPIRED', 'EXPIRED'])
    expect(attempts(world)).to.deep.equal([])
  })

  it('has another attempt, however long its notice took', async () => {
    const { world, fails, askAgain } = await aFailure()
    const notify: World['topics']['notify'] = async (...args) => {
      const told = await world.topics.notify(...args)
      await world.clock.sleep(1_000)
      await askAgain()
      await world.clock.sleep(9_000)
      return told
    }
    await world.clock.run(fails({ ...world, topics: { ...world.topics, notify } }))
    await drain(world, 5)
    expect(attempts(world)).to.deep.equal(['2'])
  })

  it('stays failed where that was noted long before', async () => {
    const { world, event, fails } = await aFailure()
    await world.table.askAgain(event, at(NOW_MS - 60_000, 'again'))
    await world.clock.run(fails(world))
    await drain(world, 5)
    expect(world.table.outcomesIn(event.slot)[0]).to.include({ kind: 'failed' })
    expect(attempts(world)).to.deep.equal([])
  })

  for (const fault of FAULTS)
    it(`goes out whichever call of its emitter ${fault}`, async () => {
      for (let call = 1, done = false; !done; call++) {
        const { world, fails, askAgain } = await aFailure()
        const failing = failingAt(world, call, fault)
        await world.clock.run(fails(beforeItsEnd(world, askAgain, failing))).catch(() => {})
        done = failing.calls() < call
        await drain(world, 15)
        expect(attempts(world), `call ${call}`).to.have.length(1)
      }
    })

  it('goes out whenever its emitter dies', async () => {
    for (let call = 1, done = false; !done; call++) {
      const { world, fails, askAgain } = await aFailure()
      const mortal = dyingAt(world, call)
      const end = await world.clock.run(
        Promise.race([fails(beforeItsEnd(world, askAgain, mortal)), mortal.died.then(() => 'died')]),
      )
      done = end !== 'died'
      await world.clock.advance(CLAIM_MS)
      await drain(world, 15)
      expect(attempts(world), `call ${call}`).to.have.length(1)
    }
  })

  it('goes out whichever call of its emitter it is asked for before', async () => {
    for (let call = 1, calls = call; calls >= call; call++) {
      const { world, fails, askAgain } = await aFailure()
      let count = 0
      const asked = surrounded(world, async (_, request) => {
        if (++count === call) await askAgain()
        return request()
      })
      await world.clock.run(fails(asked))
      calls = count
      if (count < call) await askAgain()
      await drain(world, 15)
      expect(attempts(world), `call ${call}`).to.have.length(1)
    }
  })
})

describe('an event that was asked for again while it failed, until it goes on', () => {
  const NEW_DATE = instant(NOW_MS + 3_600_000)
  type Steps = ReturnType<typeof stepsOf>
  const after = { publication: at(NOW_MS, 'later than that') }
  /** A world in which it has failed and was asked for again, and then a request is handled. @returns what that is told */
  const asked = async (ask: (steps: Steps, event: ScheduledEvent) => Promise<unknown>) => {
    const { world, event } = await aFailure()
    await world.clock.run(stepsOf(world).schedule([event]))
    await world.table.conclude({ slot: event.slot, key: event.key, kind: 'failed', atMs: NOW_MS - 200 })
    await world.table.askAgain(event, at(NOW_MS - 100, 'again'))
    const told = await world.clock.run(ask(stepsOf(world), event))
    await drain(world, 90)
    const received = world.topics.received(topicArn())
    return { told, received: received.map(({ payload, attributes }) => `${payload} ${attributes.due}`), event }
  }
  const same = ({ payload, date }: ScheduledEvent) => [`${payload} ${date}`]

  it('keeps its place from another of its id and date', async () => {
    const other = await asked(({ schedule }, event) => schedule([{ ...event, ...after, payload: 'other' }]))
    expect(other.told).to.have.nested.property('[0].code', 'EVENT_EXISTS')
    expect(other.received).to.deep.equal(same(other.event))
  })

  it('goes out once, where it is asked for once more', async () => {
    const again = await asked(({ schedule }, event) => schedule([{ ...event, ...after }]))
    expect(again.told).to.deep.equal([undefined])
    expect(again.received).to.deep.equal(same(again.event))
  })

  it('keeps its place from one that is rescheduled to its date', async () => {
    const date = instant(NOW_MS + 60_000)
    const moved = await asked(async ({ schedule, reschedule }, { id, dueAtMs, payload }) => {
      await schedule([anEvent({ id, payload, dueAtMs: date.atMs, ...after })])
      return reschedule({ action: 'reschedule', id, date, newDate: instant(dueAtMs), ...after })
    })
    expect(moved.told).to.include({ code: 'EVENT_EXISTS' })
    expect(moved.received).to.have.members([...same(moved.event), `${moved.event.payload} ${date.text}`])
  })

  it('cannot be cancelled or rescheduled any more', async () => {
    const cancelled = await asked(({ cancel }, { id, dueAtMs }) =>
      cancel({ action: 'cancel', id, date: instant(dueAtMs), ...after }),
    )
    const moved = await asked(({ reschedule }, { id, dueAtMs }) =>
      reschedule({ action: 'reschedule', id, date: instant(dueAtMs), newDate: NEW_DATE, ...after }),
    )
    for (const { told, received, event } of [cancelled, moved]) {
      expect(told).to.include({ code: 'TOO_LATE' })
      expect(received).to.deep.equal(same(event))
    }
  })

  it('is told as too late for a cancel of all of its id', async () => {
    const cleared = await asked(({ cancel }, { id }) => cancel({ action: 'cancel', id, date: undefined, ...after }))
    expect(cleared.told).to.include({ code: 'TOO_LATE' })
    expect(cleared.received).to.deep.equal(same(cleared.event))
  })
})
