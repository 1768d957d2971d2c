import { expect } from 'chai'
import type { FailureCode } from '../../../core/errors.ts'
import type { EventRef, ScheduledEvent } from '../../../core/event.ts'
import { segmentsOf } from '../../../core/segment.ts'
import { CLAIM_MS, GIVE_UP_AFTER_MS } from '../../../core/timetable.ts'
import { delivering } from '../../../functions/delivery/delivering.ts'
import { emptyTally, fateWith } from '../../../functions/delivery/fate.ts'
import { dyingAt, FAULTS, failingAt } from '../../support/breaking.ts'
import { anEvent, FAILURE_TOPIC, MINUTE_MS, topicArn } from '../../support/builders.ts'
import { drain } from '../../support/drain.ts'
import { aWorld, stepsOf, type World } from '../../support/world.ts'

/** A world in which the settler finds an event whose target is unavailable for a while. */
async function aWorldInTrouble(code: 'TARGET_UNAVAILABLE' | 'TARGET_DENIED') {
  const event = anEvent({ dueAtMs: MINUTE_MS + 30_000 })
  const world = aWorld({ atMs: MINUTE_MS + 70_000 })
  await world.table.park([event])
  await stepsOf(world).openSlot(event.slot)
  world.topics.fail(topicArn(), code)
  return { world, event, settle: (one: World) => stepsOf(one).settleSlot(event.slot) }
}

/** The fate of events in a world, with what it has recorded as published. */
function aFate(world: World) {
  const recorded: [key: string, lateMs: number][] = []
  const checkpointing = {
    record: ({ key }: EventRef, lateMs: number) => void recorded.push([key, lateMs]),
    finish: async () => {},
  }
  const tally = emptyTally()
  return { recorded, tally, fate: fateWith(delivering(world), { checkpointing, tally }) }
}

/** How an event fails: for a while, or for good. */
const failure = (code: FailureCode) => ({ ok: false, code, error: 'a reason' }) as const

describe('the fate of an event', () => {
  for (const [what, atMs, lateMs] of [
    ['taken in its millisecond is recorded as not late', 30_000, 0],
    ['taken one millisecond later is recorded as late by that', 30_001, 1],
    ['taken before its time on a clock set back since is recorded as not late', 29_000, 0],
  ] as const)
    it(`that is ${what}`, () => {
      const { recorded, tally, fate } = aFate(aWorld())
      const event = anEvent({ dueAtMs: MINUTE_MS + 30_000 })
      fate.delivered(event, MINUTE_MS + atMs)
      expect(recorded).to.deep.equal([[event.key, lateMs]])
      expect(tally).to.deep.equal({ ...emptyTally(), delivered: 1 })
    })

  for (const [what, acceptedAtMs, lateMs] of [
    ['was accepted before it was due counts from when it was due', MINUTE_MS - 600_000, 500],
    ['was past due on arrival counts from when it was accepted', MINUTE_MS + 30_400, 100],
    ['was accepted on a clock ahead of the emitter’s counts as not late', MINUTE_MS + 31_000, 0],
  ] as const)
    it(`that ${what}`, () => {
      const world = aWorld()
      const { recorded, fate } = aFate(world)
      const event = anEvent({ dueAtMs: MINUTE_MS + 30_000, acceptedAtMs })
      fate.delivered(event, MINUTE_MS + 30_500)
      expect(recorded).to.deep.equal([[event.key, lateMs]])
      expect(world.log.of('delivered')[0]).to.include({ lateMs: 500 })
    })

  it('whose target is unavailable is its next attempt, to which its outcome points', async () => {
    const world = aWorld({ atMs: MINUTE_MS + 30_000 })
    const event = anEvent({ dueAtMs: MINUTE_MS + 30_000 })
    const { recorded, tally, fate } = aFate(world)
    await fate.failed(event, failure('TARGET_UNAVAILABLE'))
    const [outcome] = world.table.outcomesIn(event.slot)
    expect(outcome).to.include({ key: event.key, attempts: 1, reason: 'a reason' })
    const [next] = await world.table.find(outcome?.next ? [outcome.next] : [])
    expect(next).to.include({ id: event.id, attempt: 2, dueAtMs: event.dueAtMs })
    expect(next?.emitAtMs).to.be.within(MINUTE_MS + 52_500, MINUTE_MS + 67_500)
    expect([tally.delivered + tally.failed + tally.expired, recorded]).to.deep.equal([0, []])
  })

  it('that is tried again after hours leaves the opening of its slot to the loader', async () => {
    const world = aWorld({ atMs: MINUTE_MS + 30_000 })
    const event = anEvent({ dueAtMs: MINUTE_MS + 30_000, attempt: 9 })
    await aFate(world).fate.failed(event, failure('TARGET_UNAVAILABLE'))
    expect(world.runners.names()).to.deep.equal([])
  })

  it('is to be given up after the last attempt, and not after the one before', async () => {
    for (const [attempt, failed] of [
      [9, 0],
      [10, 1],
    ] as const) {
      const world = aWorld({ atMs: MINUTE_MS + 30_000, maxAttempts: 10 })
      const { tally, fate } = aFate(world)
      await fate.failed(anEvent({ attempt }), failure('TARGET_UNAVAILABLE'))
      expect(tally.failed).to.equal(failed)
      expect(world.topics.notices(FAILURE_TOPIC)).to.have.length(failed)
    }
  })

  it('is to be given up at its first attempt when the failure is for good', async () => {
    const world = aWorld({ atMs: MINUTE_MS + 30_000 })
    const { tally, fate } = aFate(world)
    const event = anEvent()
    await fate.failed(event, failure('TARGET_DENIED'))
    expect(tally).to.include({ failed: 1 })
    expect(world.table.outcomesIn(event.slot)).to.have.length(1)
    expect(world.topics.notices(FAILURE_TOPIC)[0]).to.include({ code: 'TARGET_DENIED' })
  })

  it('is to expire, with a notice, when its latest time passed or is before the next attempt', async () => {
    const world = aWorld({ atMs: MINUTE_MS + 30_000 })
    const { tally, fate } = aFate(world)
    await fate.expired(anEvent({ latestAtMs: MINUTE_MS + 29_999, latest: 'then' }))
    await fate.failed(anEvent({ latestAtMs: MINUTE_MS + 30_001, latest: 'then' }), failure('TARGET_UNAVAILABLE'))
    expect(tally).to.include({ expired: 2 })
    expect(world.topics.notices(FAILURE_TOPIC).map(({ code }) => code)).to.deep.equal(['EXPIRED', 'EXPIRED'])
  })
})

describe('an event that somebody has ended meanwhile', () => {
  for (const code of ['TARGET_UNAVAILABLE', 'TARGET_NOT_FOUND'] as const)
    it(`stays cancelled though it then fails with ${code}, and is not tried again`, async () => {
      const event = anEvent({ dueAtMs: MINUTE_MS + 30_000 })
      const world = aWorld({ atMs: MINUTE_MS + 30_000 })
      await world.table.park([event])
      await world.table.conclude({ slot: event.slot, key: event.key, kind: 'cancelled', atMs: 1 })
      const { tally, fate } = aFate(world)
      await fate.failed(event, failure(code))
      expect(world.table.outcomesIn(event.slot)).to.have.length(1)
      expect(world.table.outcomesIn(event.slot)[0]).to.include({ kind: 'cancelled' })
      expect(world.table.slots()).to.deep.equal([event.slot])
      expect(tally).to.deep.equal({ ...emptyTally(), cancelled: 1 })
    })
})

describe('an event that goes on to a later slot', () => {
  for (const fault of FAULTS)
    it(`is not lost when any call ${fault}, and is settled in each slot`, async () => {
      for (let at = 1, done = false; !done; at++) {
        const { world, event, settle } = await aWorldInTrouble('TARGET_UNAVAILABLE')
        const failing = failingAt(world, at, fault)
        await world.clock.run(settle(failing)).catch(() => {})
        done = failing.calls() < at
        world.topics.fail(topicArn(), undefined)
        await drain(world, 15)
        const times = world.topics.received(topicArn()).length
        expect(times, `call ${at}`).to.equal(1)
        for (const slot of world.table.slots().filter((one) => world.table.eventsIn(one).length > 0))
          expect((await world.table.runnerRecord(slot)).settledAtMs, `call ${at}, ${slot}`).to.be.a('number')
        expect(world.topics.received(topicArn()).every(({ id }) => id === event.id)).to.equal(true)
      }
    })

  it('is not lost when the emitter is killed before any call', async () => {
    for (let at = 1, done = false; !done; at++) {
      const { world, settle } = await aWorldInTrouble('TARGET_UNAVAILABLE')
      const mortal = dyingAt(world, at)
      const end = await world.clock.run(Promise.race([settle(mortal), mortal.died.then(() => 'died')]))
      done = end !== 'died'
      world.topics.fail(topicArn(), undefined)
      await world.clock.advance(CLAIM_MS)
      await drain(world, 15)
      expect(world.topics.received(topicArn()).length, `call ${at}`).to.equal(1)
    }
  })

  it('is delivered by a running emitter of its next slot', async () => {
    const event = anEvent({ dueAtMs: MINUTE_MS + 50_000 })
    const world = aWorld({ atMs: MINUTE_MS - 4_000 })
    await world.table.park([event])
    world.topics.throttle(topicArn(), 4)
    const [first] = segmentsOf(event.slot, [])
    if (first) await world.clock.run(stepsOf(world).deliverSegment(event.slot, first))
    const [next] = world.runners.names()
    const [segment] = segmentsOf(next ?? '', [])
    if (next && segment) await world.clock.run(stepsOf(world).deliverSegment(next, segment))
    const [message] = world.topics.received(topicArn())
    expect(message?.attributes).to.include({ attempt: '2', due: event.date, event_id: event.id })
  })
})

describe('an event that is given up', () => {
  for (const fault of FAULTS)
    it(`has its notice sent when any call ${fault}, and is settled as failed`, async () => {
      for (let at = 1, done = false; !done; at++) {
        const { world, event, settle } = await aWorldInTrouble('TARGET_DENIED')
        const failing = failingAt(world, at, fault)
        await world.clock.run(settle(failing)).catch(() => {})
        done = failing.calls() < at
        await drain(world, 5)
        expect(world.topics.notices(FAILURE_TOPIC).length, `call ${at}`).to.be.within(1, 2)
        expect((await world.table.runnerRecord(event.slot)).settlement).to.include({ failed: 1, delivered: 0 })
      }
    })
})

describe('an event that is put off without a try, because too many others of its target wait', () => {
  const REASON = 'The target takes less than falls due for it'
  /** When its fate is decided, with even dice. */
  const postpone = async (event: ScheduledEvent, atMs: number) => {
    const world = { ...aWorld({ atMs, maxAttempts: 3 }), random: () => 0.5 }
    const { tally, fate } = aFate(world)
    await fate.postponed(event)
    const [outcome = expect.fail()] = world.table.outcomesIn(event.slot)
    return { world, tally, outcome, next: (await world.table.find(outcome.next ? [outcome.next] : []))[0] }
  }

  it('goes on after as long again as it is overdue, and that is no attempt, were it the last', async () => {
    const event = anEvent({ dueAtMs: MINUTE_MS, attempt: 3 })
    const { world, tally, outcome, next } = await postpone(event, MINUTE_MS + 100_000)
    expect(outcome).to.include({ kind: 'retrying', reason: REASON, attempts: 2 })
    expect(next).to.include({ attempt: 3, emitAtMs: MINUTE_MS + 200_000 })
    expect(tally).to.deep.equal({ ...emptyTally(), retrying: 1 })
    const line = { level: 'debug', message: 'postponed', id: event.id, due: event.date, target: event.target }
    expect(world.log.of('postponed')).to.deep.equal([line])
  })

  it('is overdue since it arrived, where that was later than its date', async () => {
    const event = anEvent({ dueAtMs: MINUTE_MS - 2 * GIVE_UP_AFTER_MS, acceptedAtMs: MINUTE_MS })
    expect((await postpone(event, MINUTE_MS + 100_000)).next?.emitAtMs).to.equal(MINUTE_MS + 200_000)
  })

  it('expires when its latest time is before that', async () => {
    const event = anEvent({ dueAtMs: MINUTE_MS, latest: 'then', latestAtMs: MINUTE_MS + 199_999 })
    const { tally, world } = await postpone(event, MINUTE_MS + 100_000)
    expect(tally).to.deep.equal({ ...emptyTally(), expired: 1 })
    expect(world.log.of('postponed')).to.deep.equal([])
  })

  it('is given up when that is more than a day after its date', async () => {
    const event = anEvent({ dueAtMs: MINUTE_MS, attempt: 1 })
    const { tally, world, outcome } = await postpone(event, MINUTE_MS + GIVE_UP_AFTER_MS)
    expect(tally).to.deep.equal({ ...emptyTally(), failed: 1 })
    expect(outcome).to.include({ kind: 'failed', reason: REASON })
    expect(world.topics.notices(FAILURE_TOPIC)[0]).to.include({ code: 'TARGET_UNAVAILABLE' })
  })

  it('is told of later, when it is its failure that is to be told', async () => {
    const sinceMs = MINUTE_MS
    const untold = { kind: 'failed', code: 'TARGET_DENIED', error: 'in words', reason: 'why', sinceMs } as const
    const { tally, outcome, next } = await postpone(anEvent({ dueAtMs: MINUTE_MS, untold }), MINUTE_MS + 100_000)
    expect(outcome).to.deep.include({ kind: 'retrying', reason: `why; not told yet: ${REASON}`, untold })
    expect(next).to.deep.include({ untold, emitAtMs: MINUTE_MS + 200_000 })
    expect(tally).to.deep.equal({ ...emptyTally(), retrying: 1 })
  })
})

describe('an event that has failed, and of which nobody could be told', () => {
  it('ends as it failed once it is told, and is counted', async () => {
    const world = aWorld({ atMs: MINUTE_MS + 30_000 })
    const { tally, fate } = aFate(world)
    const event = anEvent()
    await fate.untold(event, { kind: 'expired', code: 'EXPIRED', error: 'in words', reason: 'why', sinceMs: 1 })
    expect(world.topics.notices(FAILURE_TOPIC)[0]).to.include({ code: 'EXPIRED', error: 'in words' })
    expect(world.table.outcomesIn(event.slot)[0]).to.include({ kind: 'expired', reason: 'why' })
    expect(tally).to.deep.equal({ ...emptyTally(), expired: 1 })
  })
})

describe('the notice of an event that is not delivered', () => {
  const noticesOf = async (work: (fate: ReturnType<typeof aFate>['fate']) => Promise<void>) => {
    const world = aWorld({ atMs: MINUTE_MS + 30_000 })
    await work(aFate(world).fate)
    return { world, notices: world.topics.notices(FAILURE_TOPIC) }
  }
  const event = anEvent({ id: 'an-id', latest: 'then', latestAtMs: MINUTE_MS + 29_999 })

  for (const [attempt, attempts] of [
    [1, '1 attempt'],
    [2, '2 attempts'],
  ] as const)
    it(`says that it was tried in ${attempts}, why the last one failed, and what to do`, async () => {
      const { notices } = await noticesOf((fate) => fate.failed({ ...event, attempt }, failure('TARGET_DENIED')))
      expect(notices).to.have.length(1)
      expect(notices[0]).to.deep.include({
        error: `Not delivered to ${event.target} in ${attempts}; the last one failed with a reason. Mend the topic, then publish the event again.`,
        event: { id: 'an-id', ...published(event), latest: 'then' },
      })
    })

  it('says that its latest time passed, and what to do', async () => {
    const { notices, world } = await noticesOf((fate) => fate.expired(event) as Promise<void>)
    expect(notices).to.have.length(1)
    expect(notices[0]).to.deep.include({
      error: 'Not delivered by its latest time, then. Publish it again with a later one, or none.',
      event: { id: 'an-id', ...published(event), latest: 'then' },
    })
    expect(world.table.outcomesIn(event.slot)[0]).to.include({ kind: 'expired', reason: 'latest then passed' })
  })

  /** The fields that its client must publish. */
  function published({ date, target, user, payload }: typeof event) {
    return { date, target, user, payload }
  }
})

describe('the log of an event that is not delivered', () => {
  const event = anEvent({ id: 'an-id', latest: 'then', latestAtMs: MINUTE_MS + 90_000 })
  const due = event.date

  it('tells its next attempt', async () => {
    const world = aWorld({ atMs: MINUTE_MS + 30_000 })
    await aFate(world).fate.failed(event, failure('TARGET_UNAVAILABLE'))
    const [line] = world.log.of('retrying')
    expect(line).to.include({ level: 'debug', id: 'an-id', due, attempt: 2, error: 'a reason' })
    expect(Date.parse(String(line?.next))).to.be.within(MINUTE_MS + 52_500, MINUTE_MS + 67_500)
  })

  it('tells its end', async () => {
    const world = aWorld({ atMs: MINUTE_MS + 30_000 })
    const { fate } = aFate(world)
    await fate.failed(event, failure('TARGET_DENIED'))
    await fate.expired(event)
    expect(world.log.lines.filter(({ level }) => level === 'info')).to.deep.equal([
      { level: 'info', message: 'failed', id: 'an-id', due, code: 'TARGET_DENIED', error: 'a reason', attempts: 1 },
      {
        level: 'info',
        message: 'expired',
        id: 'an-id',
        due,
        code: 'EXPIRED',
        error: 'latest then passed',
        attempts: 1,
      },
    ])
  })
})

describe('an event that somebody else has claimed meanwhile', () => {
  it('is theirs to end, and counted by nobody until then', async () => {
    const world = aWorld({ atMs: MINUTE_MS + 30_000 })
    const event = anEvent()
    await world.table.park([event])
    await world.table.claim(event, 'somebody else')
    const { tally, fate } = aFate(world)
    await fate.failed(event, failure('TARGET_DENIED'))
    expect(world.table.outcomesIn(event.slot)).to.have.length(1)
    expect(world.table.outcomesIn(event.slot)[0]).to.include({ kind: 'claimed', by: 'somebody else' })
    expect(tally).to.deep.equal(emptyTally())
  })
})
