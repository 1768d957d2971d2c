import { expect } from 'chai'
import { orderOfCancel } from '../../../core/clearing.ts'
import { SchedulerError } from '../../../core/errors.ts'
import type { ScheduledEvent } from '../../../core/event.ts'
import { arriving, NOW_MS } from '../../support/arriving.ts'
import { FAULTS, failingAt, leasesLapsed, surrounded } from '../../support/breaking.ts'
import { topicArn } from '../../support/builders.ts'
import { drain } from '../../support/drain.ts'
import { aWorld, stepsOf, type World } from '../../support/world.ts'

const at = (agoMs: number, messageId: string) => ({ messageId, atMs: NOW_MS - agoMs })
const instant = (atMs: number) => ({ text: new Date(atMs).toISOString(), atMs })
const NEW_DATE = instant(NOW_MS + 400_000)

type Ask = (world: World, event: ScheduledEvent) => Promise<unknown>
const publication = at(3, 'the change')
const cancel: Ask = (world, { id, dueAtMs }) =>
  stepsOf(world).cancel({ action: 'cancel', id, date: instant(dueAtMs), publication })
const cancelAll: Ask = (world, { id }) => stepsOf(world).cancel({ action: 'cancel', id, date: undefined, publication })
const move: Ask = (world, { id, dueAtMs }) =>
  stepsOf(world).reschedule({ action: 'reschedule', id, date: instant(dueAtMs), newDate: NEW_DATE, publication })
const moveOnly: Ask = (world, { id }) =>
  stepsOf(world).reschedule({ action: 'reschedule', id, date: undefined, newDate: NEW_DATE, publication })

/** A world in which an event is asked for again just before the change is written. */
function askedMeanwhile(world: World, changing: World, event: ScheduledEvent): World {
  const concludeFirst: World['table']['concludeFirst'] = async (outcome) => {
    await world.table.askAgain(event, at(1, 'again'))
    return changing.table.concludeFirst(outcome)
  }
  return { ...changing, table: { ...changing.table, concludeFirst } }
}

const cancelThere: Ask = (world, { id }) =>
  stepsOf(world).cancel({ action: 'cancel', id, date: NEW_DATE, publication: at(2, 'of the new date') })

const CHANGES = [
  ['it is cancelled', cancel, undefined],
  ['it is cancelled with all of its id', cancelAll, undefined],
  ['it is moved away', move, undefined],
  ['it is moved away by its id alone', moveOnly, undefined],
  ['it is moved away, to a date at which it is cancelled', move, cancelThere],
  ['it is moved away by its id alone, to a date at which it is cancelled', moveOnly, cancelThere],
] as const

describe('an event that is asked for again while a change from before is written', () => {
  for (const [what, change, prepare] of CHANGES) {
    for (const fault of FAULTS)
      it(`goes out when ${what}, any call of that ${fault}, and its message is redelivered a minute later`, async () => {
        for (let call = 1, done = false; !done; call++) {
          const event = arriving(240_000, { publication: at(4, 'first') })
          const world = aWorld({ atMs: NOW_MS })
          await world.clock.run(stepsOf(world).schedule([event]))
          if (prepare) await world.clock.run(prepare(world, event))
          const failing = failingAt(world, call, fault)
          const result = await world.clock
            .run(change(askedMeanwhile(world, failing, event), event))
            .catch(() => 'failed' as const)
          done = failing.calls() < call
          await world.clock.advance(60_000)
          if (result === 'failed') await world.clock.run(change(askedMeanwhile(world, world, event), event))
          await drain(world, 15)
          const dates = world.topics.received(topicArn()).map(({ attributes }) => attributes.due)
          const isMoved = (change === move || change === moveOnly) && !prepare
          const expected = isMoved ? [event.date, NEW_DATE.text] : [event.date]
          expect(dates, `call ${call}`).to.have.members(expected)
        }
      })

    it(`goes out when ${what}, and another that comes before whichever call of that is refused`, async () => {
      for (let before = 1, calls = before; calls >= before; before++) {
        const event = arriving(240_000, { publication: at(4, 'first') })
        const world = aWorld({ atMs: NOW_MS })
        const schedule = (one: ScheduledEvent) => stepsOf(leasesLapsed(world)).schedule([one])
        await world.clock.run(schedule(event))
        if (prepare) await world.clock.run(prepare(world, event))
        let refusals: unknown[] = []
        const otherComes = async () => {
          const other = { ...event, payload: 'other', publication: at(0, 'other') }
          refusals = (await schedule(other)).filter((one) => one && !(one instanceof SchedulerError))
        }
        calls = 0
        const changing = surrounded(world, async (_, call) => {
          if (++calls === before) await otherComes()
          return call()
        })
        await world.clock.run(change(askedMeanwhile(world, changing, event), event))
        // It comes back, or has come only now.
        if (refusals.length === 0) await world.clock.run(otherComes())
        expect(refusals, `call ${before}`).to.have.nested.property('[0].code', 'EVENT_EXISTS')
        await drain(world, 15)
        const delivered = world.topics.received(topicArn()).filter(({ attributes }) => attributes.due === event.date)
        const payloads = delivered.map(({ payload }) => payload)
        expect(payloads, `call ${before}`).to.deep.equal([event.payload])
      }
    })
  }
})

describe('an event that is parked while one of its id and date that was cancelled before arrives late', () => {
  for (const payload of ['the same', 'another'])
    for (const fault of FAULTS)
      it(`goes out when that is ${payload}, any call of that ${fault}, and its message is redelivered a minute later`, async () => {
        for (let call = 1, done = false; !done; call++) {
          const event = arriving(240_000, { id: 'a', payload: 'the same', publication: at(1, 'the event') })
          const late = { ...event, payload, publication: at(3, 'late') }
          const world = aWorld({ atMs: NOW_MS })
          await world.table.clear('a', orderOfCancel(at(2, 'all')))
          const failing = failingAt(world, call, fault)
          const lateComes = (to: World) => {
            const concludeFirst: World['table']['concludeFirst'] = async (outcome) => {
              await stepsOf(world).schedule([event])
              return to.table.concludeFirst(outcome)
            }
            return world.clock.run(stepsOf({ ...to, table: { ...to.table, concludeFirst } }).schedule([late]))
          }
          await lateComes(failing).catch(() => undefined)
          done = failing.calls() < call
          await world.clock.advance(60_000)
          await lateComes(world)
          await drain(world, 15)
          const payloads = world.topics.received(topicArn()).map((one) => one.payload)
          expect(payloads, `call ${call}`).to.deep.equal([event.payload])
        }
      })
})
