import { expect } from 'chai'
import { orderOfCancel } from '../../../core/clearing.ts'
import { SchedulerError } from '../../../core/errors.ts'
import { eventKey, type ScheduledEvent } from '../../../core/event.ts'
import type { Outcome } from '../../../core/outcome.ts'
import type { Publication } from '../../../core/publication.ts'
import { emptyRunnerRecord } from '../../../core/runner-record.ts'
import { segmentsOf } from '../../../core/segment.ts'
import { emptySettlement } from '../../../core/settlement.ts'
import { slotAt, slotEndMs } from '../../../core/slot.ts'
import { CLAIM_MS } from '../../../core/timetable.ts'
import type { Schedule } from '../../../functions/validator/schedule.ts'
import { arriving, NOW_MS } from '../../support/arriving.ts'
import { FAULTS, failingAt, surrounded } from '../../support/breaking.ts'
import { anEvent, MINUTE_MS, topicArn } from '../../support/builders.ts'
import { drain } from '../../support/drain.ts'
import { divide } from '../../support/parking.ts'
import { aWorld, stepsOf, type World } from '../../support/world.ts'

/** Whether the message of an event comes back: scheduling failed, or there was no time to write it. */
const failed = async (world: World, scheduling: ReturnType<Schedule>) =>
  world.clock.run(scheduling).then(
    ([answer]) => answer instanceof SchedulerError,
    () => true,
  )
const schedule = async (world: World, ...events: ScheduledEvent[]) => {
  await divide(world, events)
  await world.clock.run(stepsOf(world).schedule(events))
}
/** An event as it arrives now, due so many ms from now. */
const ids = (world: World) => world.topics.received(topicArn()).map(({ id }) => id)
const aWorldNow = () => aWorld({ atMs: NOW_MS })

describe('scheduling an event', () => {
  it('only parks it when it is far ahead', async () => {
    const world = aWorldNow()
    const event = arriving(3_600_000)
    await schedule(world, event)
    expect(await world.table.find([event])).to.deep.equal([event])
    expect([world.runners.names(), world.express.executions]).to.deep.equal([[], []])
  })

  it('parks it and opens its slot when it is near', async () => {
    const world = aWorldNow()
    const event = arriving(60_000)
    await schedule(world, event)
    expect(await world.table.find([event])).to.deep.equal([event])
    expect(world.runners.names()).to.deep.equal([event.slot])
    expect(world.express.executions).to.deep.equal([])
  })

  it('parks it, opens its slot and sends it by express when it is due now', async () => {
    const world = aWorldNow()
    const event = arriving(3_210)
    await schedule(world, event)
    expect(await world.table.find([event])).to.deep.equal([event])
    expect(world.runners.names()).to.deep.equal([event.slot])
    expect(world.express.executions).to.deep.equal([
      { wakeAt: '2026-11-23T12:34:12Z', events: [{ slot: event.slot, key: event.key }] },
    ])
  })

  it('sends the events of a batch by express together, waking for the first', async () => {
    const world = aWorldNow()
    await schedule(world, arriving(2_000), arriving(2_999), arriving(3_000), arriving(1_500))
    const [execution, ...others] = world.express.executions
    expect(others).to.deep.equal([])
    expect(execution?.wakeAt.slice(17)).to.equal('10Z')
    expect(execution?.events).to.have.length(4)
  })

  it('opens a slot once for all the events of a batch', async () => {
    const world = aWorldNow()
    let starts = 0
    const start: World['runners']['start'] = (name, input) => {
      starts++
      return world.runners.start(name, input)
    }
    await schedule({ ...world, runners: { ...world.runners, start } }, arriving(20_000), arriving(21_000))
    expect(starts).to.equal(1)
  })

  it('says what it has accepted', async () => {
    const world = aWorldNow()
    const event = arriving(60_000, { id: 'a' })
    await schedule(world, event)
    const details = { id: 'a', due: event.date, lane: 'near', target: topicArn() }
    expect(world.log.of('accepted')).to.deep.equal([{ level: 'debug', message: 'accepted', ...details }])
  })

  it('announces it to its emitter when the write was so slow that it may not be read in its turn', async () => {
    const world = aWorldNow()
    const parkFirst: World['table']['parkFirst'] = async (events) => {
      const answer = await world.table.parkFirst(events)
      await world.clock.sleep(20_000)
      return answer
    }
    const [still, late] = [arriving(24_000), arriving(23_999)]
    await schedule({ ...world, table: { ...world.table, parkFirst } }, still, late)
    const announced: string[] = []
    for await (const page of world.table.announced(late.slot, world.clock.now())) announced.push(...page)
    expect([announced, world.express.keys()]).to.deep.equal([[late.key], []])
  })

  it('opens the slot itself when the write of a far event took until it comes up', async () => {
    const world = aWorldNow()
    const parkFirst: World['table']['parkFirst'] = async (events) => {
      const answer = await world.table.parkFirst(events)
      await world.clock.sleep(60_000)
      return answer
    }
    const event = arriving(300_000)
    expect(event.lane).to.equal('far')
    await schedule({ ...world, table: { ...world.table, parkFirst } }, event)
    expect(world.runners.names()).to.deep.equal([event.slot])
  })
})

describe('an event that was written so slowly that another of its id and date has gone on from its place', () => {
  const slow = arriving(60_000, { id: 'a', publication: { messageId: 'slow', atMs: NOW_MS } })
  const next = { slot: slow.slot, key: eventKey(slow.dueAtMs, 'a', 2) }

  for (const afterMs of [-1, 1])
    it(`is told so, by one that was published ${afterMs < 0 ? 'before' : 'after'} it, also when its message comes again`, async () => {
      const world = aWorldNow()
      const publication = { messageId: 'the other', atMs: NOW_MS + afterMs }
      const parkFirst: World['table']['parkFirst'] = async (events) => {
        await world.table.conclude({ ...slow, kind: 'moved', atMs: NOW_MS, publication, next })
        await world.table.park([{ ...slow, ...next, payload: 'other', publication }])
        return world.table.parkFirst(events)
      }
      const slowly = stepsOf({ ...world, table: { ...world.table, parkFirst } })
      for (const { schedule } of [slowly, stepsOf(world)])
        expect((await schedule([slow]))[0]).to.include({ code: 'EVENT_EXISTS' })
    })
})

describe('an event that is moved away before it is known that it was written', () => {
  it('is told nothing of another that has come to its date since', async () => {
    const event = arriving(60_000, { id: 'a', publication: { messageId: 'slow', atMs: NOW_MS } })
    const world = aWorldNow()
    const [move, other] = ['the move', 'the other'].map((messageId, i) => ({ messageId, atMs: NOW_MS + 1 + i }))
    const at = (atMs: number) => ({ text: new Date(atMs).toISOString(), atMs })
    const parkFirst: World['table']['parkFirst'] = async (events) => {
      const answer = await world.table.parkFirst(events)
      const { schedule, reschedule } = stepsOf(world)
      const [date, newDate] = [at(event.dueAtMs), at(event.dueAtMs + 60_000)]
      await reschedule({ action: 'reschedule', id: 'a', date, newDate, publication: move as Publication })
      await schedule([{ ...event, payload: 'other', publication: other }])
      return answer
    }
    const slow = stepsOf({ ...world, table: { ...world.table, parkFirst } })
    expect(await world.clock.run(slow.schedule([event]))).to.deep.equal([undefined])
  })
})

describe('scheduling a batch', () => {
  it('has the loader look from a minute before its first event on, because two clocks differ', async () => {
    const world = aWorldNow()
    await schedule(world, arriving(3_600_000))
    const minuteMs = MINUTE_MS - 60_000
    expect(await world.table.watermark()).to.deep.equal({ sweptUntilMs: minuteMs, auditedUntilMs: minuteMs })
  })

  it('parks nothing before the loader looks, and has it do so again when that failed', async () => {
    const world = aWorldNow()
    let tries = 0
    const beginWatermark: World['table']['beginWatermark'] = async (minuteMs) => {
      if (++tries === 1) throw new Error('throttled')
      await world.table.beginWatermark(minuteMs)
    }
    const { schedule: again } = stepsOf({ ...world, table: { ...world.table, beginWatermark } })
    const event = arriving(3_600_000)
    expect(await failed(world, again([event]))).to.equal(true)
    expect(await world.table.find([event])).to.deep.equal([])
    for (let i = 0; i < 2; i++) expect(await failed(world, again([event]))).to.equal(false)
    expect(await world.table.find([event])).to.have.length(1)
    expect(tries).to.equal(2)
  })

  it('says of which events there was no time to write them, and sees to the others', async () => {
    const world = aWorldNow()
    const own = ['one', 'other'].map((messageId) => ({ id: messageId, publication: { messageId, atMs: NOW_MS } }))
    const [written, unwritten] = [arriving(1_000, own[0]), arriving(60_000, own[1])]
    const fault = new SchedulerError('TABLE_UNAVAILABLE', 'no time', { unwritten: [unwritten] })
    const park: World['table']['park'] = async ([first]) => {
      await world.table.park(first ? [first] : [])
      throw fault
    }
    const { schedule: slow } = stepsOf({ ...world, table: { ...world.table, park } })
    expect(await world.clock.run(slow([written, unwritten]))).to.deep.equal([undefined, fault])
    expect(world.runners.names()).to.deep.equal([written.slot])
    expect(world.express.keys()).to.deep.equal([written.key])
    expect(world.log.of('accepted').map(({ id }) => id)).to.deep.equal([written.id])
  })

  it('says of which events of own ids there was no time to write them, and sees to the others', async () => {
    const world = aWorldNow()
    const [written, unwritten] = [arriving(1_000), arriving(60_000)]
    const why = new SchedulerError('TABLE_UNAVAILABLE', 'no time')
    const parkFirst: World['table']['parkFirst'] = async ([first]) => {
      await world.table.parkFirst(first ? [first] : [])
      return { taken: [], unwritten: [unwritten], why }
    }
    const { schedule: slow } = stepsOf({ ...world, table: { ...world.table, parkFirst } })
    expect(await world.clock.run(slow([written, unwritten]))).to.deep.equal([undefined, why])
    expect(world.express.keys()).to.deep.equal([written.key])
  })

  for (const fault of [new SchedulerError('TABLE_UNAVAILABLE', 'gone'), new Error('gone')])
    for (const whose of ['its client', 'SNS'])
      it(`fails altogether when nobody knows what was written, with ${fault.name}, and an id of ${whose}`, async () => {
        const world = aWorldNow()
        const gone = () => Promise.reject(fault)
        const table = { ...world.table, park: gone, parkFirst: gone }
        const publication = { messageId: 'of SNS', atMs: NOW_MS }
        const event = arriving(60_000, whose === 'SNS' ? { id: 'of SNS', publication } : {})
        const answer = await world.clock.run(
          stepsOf({ ...world, table })
            .schedule([event])
            .catch((error) => error),
        )
        expect(answer).to.equal(fault)
        expect(world.runners.names()).to.deep.equal([])
      })

  it('only writes what is far ahead and has its id from SNS', async () => {
    const world = aWorldNow()
    const event = arriving(3_600_000, { id: 'of SNS', publication: { messageId: 'of SNS', atMs: NOW_MS } })
    await schedule(world, anEvent())
    await divide(world, [event])
    const asked: string[] = []
    const watched = surrounded(world, (name, call) => {
      asked.push(name)
      return call()
    })
    await world.clock.run(stepsOf(watched).schedule([event]))
    expect(asked.filter((name) => !name.endsWith(' watermark'))).to.deep.equal(['BatchWrite event'])
  })

  for (const [index, indexing] of [
    ['own', ['BatchWrite place']],
    ['none', []],
  ] as const)
    it(`asks once what is known of a batch with ids of clients, and once what came meanwhile: index ${index}`, async () => {
      const world = aWorld({ atMs: NOW_MS, index })
      const events = ['a', 'b'].map((id) => arriving(3_600_000, { id, publication: { messageId: 'p', atMs: NOW_MS } }))
      await schedule(world, anEvent())
      await divide(world, events)
      const asked: string[] = []
      const watched = surrounded(world, (name, call) => {
        asked.push(name)
        return call()
      })
      const steps = stepsOf(watched)
      // As the validator does, for all that it takes.
      for (const { dueAtMs, id } of events) await world.clock.run(steps.slotAt(dueAtMs, id))
      asked.length = 0
      await world.clock.run(steps.schedule(events))
      expect(asked.filter((name) => !name.endsWith(' watermark'))).to.deep.equal([
        ...indexing,
        'BatchGet event',
        'Put event',
        'Put event',
        'BatchGet outcome',
      ])
    })
})

describe('an event due within seconds', () => {
  /** A validator that opened the slot of this minute a while ago. */
  const inAWarmEnvironment = async () => {
    const world = aWorldNow()
    const { schedule: again } = stepsOf(world)
    await world.clock.run(again([arriving(20_000)]))
    await world.clock.advance(3_000)
    const soon = (inMs: number) => anEvent({ dueAtMs: world.clock.now() + inMs, parkedAtMs: world.clock.now() })
    const announced = async () => (await Array.fromAsync(world.table.announced(slotAt(NOW_MS, 0), 0))).flat()
    return { world, again: (...events: ScheduledEvent[]) => world.clock.run(again(events)), soon, announced }
  }

  it('is announced to the runner of its slot when that is at work', async () => {
    const { world, again, soon, announced } = await inAWarmEnvironment()
    const event = soon(1_500)
    await again(event)
    expect(await world.table.find([event])).to.deep.equal([{ ...event, lane: 'soon' }])
    expect(await announced()).to.deep.equal([event.key])
    expect(world.express.executions).to.deep.equal([])
  })

  it('is read in its turn when it is not due so soon, and not announced', async () => {
    const { world, again, soon, announced } = await inAWarmEnvironment()
    const event = soon(25_000)
    await again(event)
    expect(await world.table.find([event])).to.deep.equal([{ ...event, lane: 'near' }])
    expect(await announced()).to.deep.equal([])
  })

  it('is sent by express when it is due too soon for that', async () => {
    const { world, again, soon, announced } = await inAWarmEnvironment()
    const event = soon(999)
    await again(event)
    expect(world.express.keys()).to.deep.equal([event.key])
    expect(await announced()).to.deep.equal([])
  })

  it('is sent by express when nobody here knows of a runner', async () => {
    const { world, soon } = await inAWarmEnvironment()
    const event = soon(3_000)
    await schedule(world, event)
    expect(world.express.keys()).to.deep.equal([event.key])
  })

  it('stays with the express lane that has it when it comes again', async () => {
    const { world, again, soon, announced } = await inAWarmEnvironment()
    const event = soon(3_000)
    await schedule(world, event)
    await again(event)
    expect((await world.table.find([event]))[0]?.lane).to.equal('express')
    expect(await announced()).to.deep.equal([])
  })

  it('stays with its runner when it comes again where nobody knows of that', async () => {
    const { world, again, soon } = await inAWarmEnvironment()
    const event = soon(3_000)
    await again(event)
    await schedule(world, event)
    expect((await world.table.find([event]))[0]?.lane).to.equal('soon')
    expect(world.express.executions).to.deep.equal([])
  })
})

describe('an event that has waited until it is late', () => {
  /** A validator in a minute that is planned, and whose emitter is at work. */
  const inAPlannedMinute = async () => {
    const world = aWorldNow()
    await world.table.saveSegments(slotAt(NOW_MS, 0), segmentsOf(slotAt(NOW_MS, 0), []))
    const late = (byMs: number, fields: Partial<ScheduledEvent> = {}) =>
      arriving(-byMs, { publication: { messageId: 'p', atMs: NOW_MS - byMs - 1_000 }, ...fields })
    const announced = async () => (await Array.fromAsync(world.table.announced(slotAt(NOW_MS, 0), 0))).flat()
    return { world, late, announced }
  }

  it('is announced to the emitter at work, once and by one item for a batch, and costs no execution', async () => {
    const { world, late, announced } = await inAPlannedMinute()
    const batch = [late(5_000), late(4_000), late(3_000)]
    await schedule(world, ...batch)
    expect((await world.table.find(batch)).map(({ lane }) => lane)).to.deep.equal(['soon', 'soon', 'soon'])
    expect(await announced()).to.deep.equal(batch.map(({ key }) => key))
    expect(world.express.executions).to.deep.equal([])
  })

  it('does the same in this minute when that of its date is over', async () => {
    const { world, late, announced } = await inAPlannedMinute()
    const event = late(100_000)
    await schedule(world, event)
    const here = { slot: slotAt(NOW_MS, 0), key: event.key }
    expect((await world.table.find([here])).map(({ lane }) => lane)).to.deep.equal(['soon'])
    expect(await announced()).to.deep.equal([event.key])
    expect(world.express.executions).to.deep.equal([])
  })

  it('is not taken from the emitter by the same message, handled where nobody knows of that', async () => {
    const { world, late } = await inAPlannedMinute()
    const event = late(5_000, { id: 'p' })
    const unplanned: World['table']['runnerRecord'] = async () => ({ ...emptyRunnerRecord() })
    const knownBefore = async () => ({ places: [], clearings: new Map() })
    await schedule(world, event)
    await schedule({ ...world, table: { ...world.table, runnerRecord: unplanned, knownBefore } }, event)
    expect((await world.table.find([event])).map(({ lane }) => lane)).to.deep.equal(['soon'])
    expect(world.express.executions).to.deep.equal([])
  })
})

describe('an event past due on arrival', () => {
  it('goes to the slot of this minute and out at once, with its own date', async () => {
    const world = aWorldNow()
    const event = arriving(-3_600_000, { id: 'a' })
    await schedule(world, event)
    expect(world.table.eventsIn(slotAt(NOW_MS, 0))).to.deep.equal([{ ...event, slot: slotAt(NOW_MS, 0) }])
    expect(world.runners.names()).to.deep.equal([slotAt(NOW_MS, 0)])
    await drain(world)
    expect(world.topics.received(topicArn()).map(({ attributes }) => attributes.due)).to.deep.equal([event.date])
  })

  it('leaves a pointer in the slot of its date, which its redelivery follows', async () => {
    const world = aWorldNow()
    const event = arriving(-3_600_000)
    await schedule(world, event)
    expect(world.table.outcomesIn(event.slot)[0]).to.deep.include({
      kind: 'moved',
      next: { slot: slotAt(NOW_MS, 0), key: event.key },
    })
    await world.clock.advance(180_000)
    await schedule(world, event)
    await drain(world)
    expect(ids(world)).to.deep.equal([event.id])
  })

  it('stays in the slot of its date when that is this minute', async () => {
    const world = aWorldNow()
    const event = arriving(-9_000)
    await schedule(world, event)
    expect(world.table.eventsIn(event.slot)).to.have.length(1)
    expect(world.table.outcomesIn(event.slot)).to.deep.equal([])
  })

  it('is past due as soon as the minute of its date is over', async () => {
    const event = arriving(0)
    const world = aWorld({ atMs: slotEndMs(event.slot) })
    await schedule(world, event)
    expect(world.table.eventsIn(slotAt(world.clock.now(), 0)).map(({ id }) => id)).to.deep.equal([event.id])
  })

  it('goes out once though two validators take it at once', async () => {
    const world = aWorldNow()
    const event = arriving(-3_600_000)
    await world.clock.run(Promise.all([stepsOf(world).schedule([event]), stepsOf(world).schedule([event])]))
    await drain(world)
    expect(ids(world)).to.deep.equal([event.id])
  })

  it('is found by its id from the place of its date on, also where it comes to stand in the slot of now', async () => {
    const world = aWorldNow()
    const first = arriving(-300_000, { publication: { messageId: 'one', atMs: NOW_MS - 300_000 }, id: 'own' })
    const next = { slot: slotAt(NOW_MS, 0), key: eventKey(first.dueAtMs, 'own', 2) }
    await world.table.park([first])
    await world.table.conclude({ ...first, kind: 'moved', atMs: NOW_MS, next })
    await schedule(world, { ...first, ...next })
    const { slot, key } = first
    expect((await Array.fromAsync(world.table.placesOfId('own'))).flat()).to.deep.equal([
      { ref: { slot, key }, publishedAtMs: first.publication?.atMs },
    ])
  })

  it('does not go out again when a second validator notes its id until it is delivered, and its minute over', async () => {
    const world = aWorldNow()
    const event = arriving(20_000, { publication: { messageId: 'one', atMs: NOW_MS }, id: 'own' })
    await divide(world, [event])
    const index: World['table']['index'] = async (events) => {
      await world.table.index(events)
      await world.clock.sleep(100_000)
    }
    const second = stepsOf({ ...world, table: { ...world.table, index } }).schedule([event])
    await world.clock.advance(1)
    await world.clock.run(stepsOf(world).schedule([event]))
    await world.table.checkpoint(event.slot, 0, { delivered: [event.key], upTo: '~', lateMs: [0] })
    await world.clock.run(second)
    await drain(world, 2)
    expect(ids(world)).to.deep.equal([])
  })

  it('does not go out again when it comes to a validator that waits until it is delivered, and its minute over', async () => {
    const world = aWorldNow()
    const event = arriving(20_000, { id: 'of SNS', publication: { messageId: 'of SNS', atMs: NOW_MS } })
    await divide(world, [event])
    const beginWatermark: World['table']['beginWatermark'] = (minuteMs) => {
      const waits = world.clock.sleep(slotEndMs(event.slot) - NOW_MS)
      return waits.then(() => world.table.beginWatermark(minuteMs))
    }
    const second = stepsOf({ ...world, table: { ...world.table, beginWatermark } }).schedule([event])
    await world.clock.run(stepsOf(world).schedule([event]))
    await world.table.checkpoint(event.slot, 0, { delivered: [event.key], upTo: '~', lateMs: [0] })
    await world.clock.run(second)
    await drain(world, 2)
    expect(ids(world)).to.deep.equal([])
  })

  it('goes out though its pointer was written and it was never parked', async () => {
    const world = aWorldNow()
    const event = arriving(-3_600_000)
    const next = { slot: slotAt(NOW_MS - 60_000, 0), key: event.key }
    await world.table.conclude({ ...event, kind: 'moved', atMs: NOW_MS, next })
    await schedule(world, event)
    await drain(world)
    expect(ids(world)).to.deep.equal([event.id])
  })
})

describe('an event that is redelivered', () => {
  it('is one event while it is far', async () => {
    const world = aWorldNow()
    const event = arriving(600_000)
    await schedule(world, event)
    await schedule(world, event)
    expect(world.table.eventsIn(event.slot)).to.have.length(1)
  })

  it('stays its runner’s when it comes again within its last seconds', async () => {
    const world = aWorldNow()
    const event = arriving(60_000)
    await schedule(world, event)
    await world.clock.advance(57_000)
    await schedule(world, { ...event, lane: 'express' })
    expect((await world.table.find([event]))[0]?.lane).to.equal('near')
    expect(world.express.executions).to.deep.equal([])
  })

  it('has the slot of its runner opened when whoever parked it crashed before it could', async () => {
    const world = aWorldNow()
    const event = arriving(60_000)
    await world.table.park([event])
    await world.clock.advance(57_000)
    await schedule(world, { ...event, lane: 'express' })
    expect(world.runners.names()).to.deep.equal([event.slot])
    await drain(world)
    expect(ids(world)).to.deep.equal([event.id])
  })

  it('is counted in its slot though it was cancelled while it was written, after that was settled, and whoever wrote it crashed: once', async () => {
    const world = aWorldNow()
    const event = arriving(5_000, { id: 'own', publication: { messageId: 'the event', atMs: NOW_MS - 9 } })
    await world.clock.advance(120_000)
    await world.table.park([event])
    const publication = { messageId: 'the cancel', atMs: NOW_MS }
    await world.table.conclude({ ...event, kind: 'cancelled', atMs: NOW_MS, publication })
    await schedule(world, event)
    const unsettled = (await Array.fromAsync(world.table.unsettledSlots())).flat()
    expect(unsettled.map(({ slot }) => slot)).to.deep.equal([event.slot])
    await drain(world)
    expect((await world.table.runnerRecord(event.slot)).settlement).to.include({ events: 1, cancelled: 1 })
    await schedule(world, event)
    expect((await world.table.runnerRecord(event.slot)).settledAtMs).not.to.equal(undefined)
    expect(ids(world)).to.deep.equal([])
  })

  it('is not delivered again after its runner has delivered it', async () => {
    const world = aWorldNow()
    const event = arriving(20_000)
    await schedule(world, event)
    await world.clock.advance(30_000)
    await world.table.checkpoint(event.slot, 0, { delivered: [event.key], upTo: '~', lateMs: [] })
    await schedule(world, { ...event, lane: 'express' })
    expect(world.express.executions).to.deep.equal([])
    await drain(world)
    expect(ids(world)).to.deep.equal([])
  })

  it('is not delivered again after the express lane has delivered it', async () => {
    const world = aWorldNow()
    const event = arriving(1_000)
    await schedule(world, event)
    await drain(world, 5)
    await schedule(world, event)
    await drain(world)
    expect(ids(world)).to.deep.equal([event.id])
  })

  it('is not delivered again after a later attempt was', async () => {
    const world = aWorldNow()
    const event = arriving(1_000)
    await schedule(world, event)
    world.topics.throttle(topicArn(), 4)
    await drain(world)
    await schedule(world, event)
    await drain(world)
    expect(world.topics.received(topicArn()).map(({ attributes }) => attributes.attempt)).to.deep.equal(['2'])
  })

  it('is not delivered when it was cancelled', async () => {
    const world = aWorldNow()
    const event = arriving(60_000, { publication: { messageId: 'the event', atMs: NOW_MS - 1 } })
    await world.table.conclude({ slot: event.slot, key: event.key, kind: 'cancelled', atMs: NOW_MS })
    await schedule(world, event)
    await world.clock.advance(58_000)
    await schedule(world, { ...event, lane: 'express' })
    await drain(world)
    expect(ids(world)).to.deep.equal([])
  })

  it('goes on with the claim of the express lane that has it', async () => {
    const world = aWorldNow()
    const event = arriving(1_000)
    await schedule(world, event)
    await world.table.claim(event, 'one that was killed')
    await schedule(world, event)
    await drain(world)
    expect(ids(world)).to.deep.equal([event.id])
  })

  it('is delivered though the slot of its first arrival is settled', async () => {
    const world = aWorldNow()
    const event = arriving(1_000)
    world.express.failWith(new Error('throttled'))
    await schedule(world, event).catch(() => {})
    const { slot } = event
    await world.table.settle(slot, 0, emptySettlement())
    world.runners.end(slot)
    world.express.failWith(undefined)
    await world.clock.advance(180_000)
    await schedule(world, event)
    expect(world.runners.names()).to.deep.equal([slot, `${slot}-2`])
    await drain(world)
    expect(ids(world)).to.deep.equal([event.id])
  })
})

describe('an event while another publish of its id is handled', () => {
  const publication = { messageId: 'this one', atMs: NOW_MS }
  const published = (afterMs: number) => ({ messageId: `${afterMs}`, atMs: NOW_MS + afterMs })
  const cancelled = (event: ScheduledEvent, by: Publication): Outcome => ({
    slot: event.slot,
    key: event.key,
    kind: 'cancelled',
    atMs: NOW_MS,
    publication: by,
  })
  /** The same world, where something happens just before events of own ids are parked for the first time. */
  const withJustBefore = (world: World, happen: () => Promise<unknown>): World => {
    let happened: Promise<unknown> | undefined
    const parkFirst: World['table']['parkFirst'] = async (events) => {
      happened ??= happen()
      await happened
      return world.table.parkFirst(events)
    }
    return { ...world, table: { ...world.table, parkFirst } }
  }

  for (const [what, by] of [
    ['that was published before it', published(-1)],
    ['of its very publish, to put it in the place of others', publication],
  ] as const)
    it(`goes out when it meets a cancel ${what}, and the others of its batch go out once`, async () => {
      const world = aWorldNow()
      const [event, other] = ['a', 'b'].map((id) => arriving(1_000, { id, publication })) as [
        ScheduledEvent,
        ScheduledEvent,
      ]
      await schedule(
        withJustBefore(world, () => world.table.conclude(cancelled(event, by))),
        other,
        event,
      )
      const again = eventKey(event.dueAtMs, 'a', 2)
      expect(world.express.keys().toSorted()).to.deep.equal([event.key, other.key, again].toSorted())
      await drain(world)
      expect(ids(world).toSorted()).to.deep.equal(['a', 'b'])
    })

  it('stays cancelled when it meets a cancel that was published after it', async () => {
    const world = aWorldNow()
    const event = arriving(60_000, { id: 'a', publication })
    await schedule(
      withJustBefore(world, () => world.table.conclude(cancelled(event, published(1)))),
      event,
    )
    await drain(world)
    expect(ids(world)).to.deep.equal([])
  })

  it('is sent once when an express delivery claims it at the same time', async () => {
    const world = aWorldNow()
    const event = arriving(1_000, { id: 'a', publication })
    const claim: Outcome = { slot: event.slot, key: event.key, kind: 'claimed', atMs: NOW_MS - 1, by: 'another' }
    await schedule(
      withJustBefore(world, () => world.table.conclude(claim)),
      event,
    )
    expect(world.express.keys()).to.deep.equal([event.key])
  })

  const taking = async (world: World, happen: (other: ScheduledEvent) => Promise<unknown>) => {
    const [first, event] = ['b', 'a'].map((id) => arriving(60_000, { id, publication })) as [
      ScheduledEvent,
      ScheduledEvent,
    ]
    await divide(world, [event])
    const other = { ...event, payload: 'another', publication: published(2) }
    return world.clock.run(stepsOf(withJustBefore(world, () => happen(other))).schedule([first, event]))
  }

  for (const index of ['own', 'none'] as const)
    it(`is refused when another comes to its place before it: index ${index}`, async () => {
      const world = aWorld({ atMs: NOW_MS, index })
      const clearingsOf: World['table']['clearingsOf'] = (all) =>
        index === 'none' ? expect.fail('nothing is cancelled by an id alone here') : world.table.clearingsOf(all)
      const answers = await taking({ ...world, table: { ...world.table, clearingsOf } }, (other) =>
        world.table.park([other]),
      )
      expect(answers[0]).to.equal(undefined)
      expect(answers[1]).to.include({ code: 'EVENT_EXISTS' })
    })

  it('is not refused when another comes to its place before it, and all of its id that was published before that is cancelled', async () => {
    const world = aWorldNow()
    const answers = await taking(world, async (other) => {
      await world.table.park([other])
      await world.table.clear('a', orderOfCancel(published(1)))
    })
    expect(answers).to.deep.equal([undefined, undefined])
  })

  it('stays out when all of its id was cancelled that was published before', async () => {
    const world = aWorldNow()
    await world.table.clear('a', orderOfCancel(published(1)))
    await schedule(world, arriving(60_000, { id: 'a', publication }))
    await drain(world)
    expect(ids(world)).to.deep.equal([])
  })
})

describe('an event that is published again after it failed', () => {
  const failed = async (kind: 'failed' | 'expired') => {
    const world = aWorldNow()
    const event = arriving(-60_000, { id: 'a' })
    await world.table.park([event])
    await world.table.conclude({ ...event, kind, atMs: NOW_MS })
    return { world, event }
  }

  for (const kind of ['failed', 'expired'] as const)
    it(`gets another attempt when it was ${kind}`, async () => {
      const { world, event } = await failed(kind)
      await schedule(world, event)
      expect(world.table.eventsIn(slotAt(NOW_MS, 0))).to.deep.equal([
        { ...event, slot: slotAt(NOW_MS, 0), key: eventKey(event.dueAtMs, 'a', 2), attempt: 2 },
      ])
      await drain(world)
      expect(world.topics.received(topicArn()).map(({ attributes }) => attributes.attempt)).to.deep.equal(['2'])
    })

  it('gets one attempt more, not two, when that message is redelivered', async () => {
    const { world, event } = await failed('failed')
    await world.clock.run(Promise.all([stepsOf(world).schedule([event]), stepsOf(world).schedule([event])]))
    await world.clock.advance(120_000)
    await schedule(world, event)
    await drain(world)
    expect(world.topics.received(topicArn()).map(({ attributes }) => attributes.attempt)).to.deep.equal(['2'])
  })

  it('gets one attempt more, not two, when two validators take it in different minutes', async () => {
    const { world, event } = await failed('failed')
    const concludeInstead: World['table']['concludeInstead'] = async (...args) => {
      await world.clock.sleep(60_000)
      await stepsOf(world).schedule([event])
      return world.table.concludeInstead(...args)
    }
    await schedule({ ...world, table: { ...world.table, concludeInstead } }, event)
    await drain(world)
    expect(ids(world)).to.deep.equal(['a'])
  })

  it('gets one attempt for every time it failed', async () => {
    const { world, event } = await failed('failed')
    world.topics.fail(topicArn(), 'TARGET_NOT_FOUND')
    await schedule(world, event)
    await drain(world, 4)
    world.topics.fail(topicArn(), undefined)
    await schedule(world, event)
    await drain(world, 4)
    expect(world.topics.received(topicArn()).map(({ attributes }) => attributes.attempt)).to.deep.equal(['3'])
  })

  it('gets none when its latest time has passed', async () => {
    const { world, event } = await failed('expired')
    await schedule(world, { ...event, latestAtMs: NOW_MS - 1 })
    await drain(world)
    expect(ids(world)).to.deep.equal([])
  })
})

describe('scheduling loses nothing and doubles nothing', () => {
  const cases: [string, number][] = [
    ['a far event', 600_000],
    ['a near event', 60_000],
    ['an event due now', 1_000],
    ['an event past due', -3_600_000],
  ]
  for (const fault of FAULTS)
    for (const [what, inMs] of cases)
      it(`when any call for ${what} ${fault}, and the message is redelivered minutes later`, async () => {
        for (let at = 1, done = false; !done; at++) {
          const world = aWorldNow()
          const event = arriving(inMs)
          await divide(world, [event])
          const failing = failingAt(world, at, fault)
          const comesBack = await failed(world, stepsOf(failing).schedule([event]))
          done = failing.calls() < at
          await world.clock.advance(180_000)
          const lane = inMs > 500_000 ? 'far' : 'express'
          if (comesBack) await schedule(world, { ...event, lane })
          await drain(world, 15)
          expect(ids(world), `call ${at}`).to.deep.equal([event.id])
        }
      })

  for (const fault of FAULTS)
    it(`when any call of a redrive ${fault}, and the message is redelivered`, async () => {
      for (let at = 1, done = false; !done; at++) {
        const world = aWorldNow()
        const event = arriving(-60_000)
        await world.table.park([event])
        await world.table.conclude({ ...event, kind: 'failed', atMs: NOW_MS })
        const failing = failingAt(world, at, fault)
        const comesBack = await failed(world, stepsOf(failing).schedule([event]))
        done = failing.calls() < at
        await world.clock.advance(CLAIM_MS)
        if (comesBack) await schedule(world, event)
        await drain(world)
        expect(ids(world), `call ${at}`).to.deep.equal([event.id])
      }
    })
})
