import { expect } from 'chai'
import type { ScheduledEvent } from '../../../core/event.ts'
import { arriving, NOW_MS } from '../../support/arriving.ts'
import { FAULTS, failingAt } from '../../support/breaking.ts'
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

describe('an event that is asked for again while a change from before is written', () => {
  for (const [what, change, prepare] of [
    ['it is cancelled', cancel, undefined],
    ['it is cancelled with all of its id', cancelAll, undefined],
    ['it is moved away', move, undefined],
    ['it is moved away by its id alone', moveOnly, undefined],
    ['it is moved away, to a date at which it is cancelled', move, cancelThere],
    ['it is moved away by its id alone, to a date at which it is cancelled', moveOnly, cancelThere],
  ] as const)
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
})
