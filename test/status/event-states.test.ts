import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import type { FailureCode } from '../../core/errors.ts'
import type { EventRef, ScheduledEvent } from '../../core/event.ts'
import { OUTCOMES } from '../../core/outcome.ts'
import { type Segment, segmentsOf } from '../../core/segment.ts'
import { settleAtMs, slotAt } from '../../core/slot.ts'
import { CLAIM_MS } from '../../core/timetable.ts'
import { deliveryOf } from '../../status/deliveries.ts'
import { STATUSES } from '../../status/status.ts'
import { anEvent, MINUTE_MS, topicArn } from '../support/builders.ts'
import { aWorld, stepsOf, type World } from '../support/world.ts'

const picture = readFileSync(join(import.meta.dirname, '../../docs/event-states.md'), 'utf8')
const edges = [...picture.matchAll(/^ {2}(\S+) --> (\S+?)(?::.*)?$/gm)].map(([, from = '', to = '']) => ({ from, to }))
const name = ({ from, to }: { from: string; to: string }) => `${from} --> ${to}`

const SLOT = slotAt(MINUTE_MS, 0)
const [SEGMENT] = segmentsOf(SLOT, []) as [Segment]

/** The state of an event at one place of the table: `[*]` where nothing is known of it. */
async function stateOf({ table }: World, ref: EventRef): Promise<string> {
  if (await deliveryOf(table, ref)) return 'delivered'
  const { events, outcomes } = await table.lookUp([ref])
  return outcomes[0]?.kind ?? (events.length > 0 ? 'pending' : '[*]')
}

/** Where an event goes on. */
async function nextOf({ table }: World, ref: EventRef): Promise<EventRef> {
  const [outcome] = await table.outcomesOf([ref])
  return outcome?.next ?? ref
}

const schedule = (world: World, event: ScheduledEvent) => world.clock.run(stepsOf(world).schedule([event]))
const emit = (world: World) => world.clock.run(stepsOf(world).deliverSegment(SLOT, SEGMENT))
const settle = async (world: World) => {
  await world.clock.advance(Math.max(settleAtMs(SLOT) - world.clock.now(), CLAIM_MS))
  await world.clock.run(stepsOf(world).settleSlot(SLOT))
}
const cancel = (world: World, { id, date, dueAtMs }: ScheduledEvent) =>
  world.clock.run(
    stepsOf(world).cancel({
      action: 'cancel',
      id,
      date: { text: date, atMs: dueAtMs },
      publication: { messageId: 'the cancel', atMs: world.clock.now() },
    }),
  )
const fail = (world: World, code: FailureCode) => world.topics.fail(topicArn(), code)
const claim = (world: World, event: ScheduledEvent) => world.table.claim(event, 'an execution that crashed')
const failFor = (code: FailureCode, deliver: (world: World) => Promise<unknown>) => async (world: World) => {
  fail(world, code)
  await deliver(world)
  world.topics.fail(topicArn(), undefined)
}

type Step = (world: World, event: ScheduledEvent) => Promise<unknown>
type Fields = Partial<ScheduledEvent>
const EXPIRING: Fields = { latest: 'then', latestAtMs: MINUTE_MS - 1 }
const LATE: Fields = { dueAtMs: MINUTE_MS - 3_600_000, lane: 'express' }
const park: Step = (world, event) => world.table.park([event])
const republish: Step = (world, event) =>
  schedule(world, { ...event, lane: 'express', latest: undefined, latestAtMs: undefined })

/** Another event of the same id is rescheduled to the date of this one. */
const rescheduleAnother: Step = async (world, { id, date, dueAtMs }) => {
  const otherMs = world.clock.now() + 600_000
  const other = anEvent({ id, dueAtMs: otherMs, lane: 'far' })
  await park(world, other)
  const publication = { messageId: 'the reschedule', atMs: world.clock.now() }
  const newDate = { text: date, atMs: dueAtMs }
  const request = { action: 'reschedule', id, date: { text: other.date, atMs: otherMs }, newDate, publication } as const
  await world.clock.run(stepsOf(world).reschedule(request))
}

/** How each way is taken: what leads to its beginning, and then the step itself. `atNext`: it ends where the event goes on. */
const WAYS: Record<string, { before?: Step[]; step: Step; event?: Fields; atNext?: true }> = {
  '[*] --> pending': { step: schedule },
  '[*] --> moved': { step: schedule, event: LATE },
  '[*] --> cancelled': { step: cancel },
  'moved --> pending': { before: [schedule], step: async () => {}, event: LATE, atNext: true },
  'pending --> delivered': { before: [park], step: emit },
  'pending --> failed': { before: [park], step: failFor('TARGET_NOT_FOUND', emit) },
  'pending --> expired': { before: [park], step: emit, event: EXPIRING },
  'pending --> retrying': { before: [park], step: failFor('TARGET_UNAVAILABLE', emit) },
  'pending --> cancelled': { before: [park], step: cancel },
  'pending --> claimed': { before: [park], step: claim },
  'claimed --> delivered': { before: [park, claim], step: settle },
  'claimed --> failed': { before: [park, claim], step: failFor('TARGET_NOT_FOUND', settle) },
  'claimed --> expired': { before: [park, claim], step: settle, event: EXPIRING },
  'claimed --> retrying': { before: [park, claim], step: failFor('TARGET_UNAVAILABLE', settle) },
  'retrying --> pending': {
    before: [park, failFor('TARGET_UNAVAILABLE', emit)],
    step: async () => {},
    // So late in its minute that its retry is due after it.
    event: { dueAtMs: MINUTE_MS + 50_000 },
    atNext: true,
  },
  'failed --> retrying': { before: [park, failFor('TARGET_NOT_FOUND', emit)], step: republish },
  'expired --> retrying': { before: [park, emit], step: republish, event: EXPIRING },
  'cancelled --> moved': { before: [park, cancel], step: republish },
  'failed --> moved': { before: [park, failFor('TARGET_NOT_FOUND', emit)], step: rescheduleAnother },
  'expired --> moved': { before: [park, emit], step: rescheduleAnother, event: EXPIRING },
}

describe('the picture of the states of an event', () => {
  it('names every outcome there is, delivered and pending, and nothing else', () => {
    const names = new Set(edges.flatMap(({ from, to }) => [from, to]))
    expect([...names]).to.have.members(['[*]', 'pending', 'delivered', ...OUTCOMES])
  })

  it('names every status but unknown, which is that of an event that is not there', () => {
    const names = new Set(edges.map(({ to }) => to))
    expect([...names]).to.include.members(STATUSES.filter((status) => status !== 'unknown'))
  })

  it('has the ways that are taken here, each once, and no other', () => {
    const drawn = edges.filter(({ to }) => to !== '[*]').map(name)
    expect(drawn).to.have.members(Object.keys(WAYS))
    expect(new Set(drawn).size).to.equal(drawn.length)
  })

  for (const [way, { before = [], step, event: fields, atNext }] of Object.entries(WAYS))
    it(`is true of ${way}`, async () => {
      const [from, to] = way.split(' --> ')
      const world = aWorld({ atMs: MINUTE_MS - 5_000 })
      const event = anEvent({ id: 'a', dueAtMs: MINUTE_MS + 1_000, lane: 'near', ...fields })
      for (const one of before) await one(world, event)
      expect(await stateOf(world, event)).to.equal(from)
      await step(world, event)
      expect(await stateOf(world, atNext ? await nextOf(world, event) : event)).to.equal(to)
    })

  for (const { from } of edges.filter(({ to }) => to === '[*]'))
    it(`is true of ${from} being an end: nothing that is repeated, cancelled or settled after it changes it`, async () => {
      const world = aWorld({ atMs: MINUTE_MS - 5_000 })
      const publication = { messageId: 'the event', atMs: 0 }
      const event = anEvent({ id: 'a', dueAtMs: MINUTE_MS + 1_000, lane: 'near', publication })
      await park(world, event)
      await (from === 'delivered' ? emit(world) : cancel(world, event))
      expect(await stateOf(world, event)).to.equal(from)
      await republish(world, event)
      await cancel(world, event)
      await settle(world)
      expect(await stateOf(world, event)).to.equal(from)
      expect(world.topics.received(topicArn())).to.have.length(from === 'delivered' ? 1 : 0)
    })
})
