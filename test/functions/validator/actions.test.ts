import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import type { ScheduledEvent } from '../../../core/event.ts'
import type { Lane } from '../../../core/lane.ts'
import type { OutcomeKind } from '../../../core/outcome.ts'
import { arriving, NOW_MS } from '../../support/arriving.ts'
import { FAULTS, failingAt, leasesLapsed } from '../../support/breaking.ts'
import { aBatch, aMessage, anEvent, aRecord, FAILURE_TOPIC, topicArn } from '../../support/builders.ts'
import { drain } from '../../support/drain.ts'
import { parkAll } from '../../support/parking.ts'
import { aWorld, functionsOf, type World } from '../../support/world.ts'

/**
 * The table of docs/actions.md, cell by cell: an event `a` of payload `first` stands as its row says, a client asks for
 * what the column says, and what becomes of it is what the cell says.
 */
const doc = readFileSync(new URL('../../../docs/actions.md', import.meta.url), 'utf8')

const NEW_MS = NOW_MS + 300_000
const iso = (atMs: number) => new Date(atMs).toISOString()

/** When the event is emitted next, ms from now, by the words of the table. */
const WHEN = { 'in a minute': 60_000, 'in a second': 1_000, 'a minute ago': -60_000 } as const
type When = keyof typeof WHEN

/** The first event, as it was parked long before. */
function first(when: When, lane: Lane = 'far'): ScheduledEvent {
  const publication = { messageId: 'the first', atMs: NOW_MS - 100_000 }
  return arriving(WHEN[when], { id: 'a', payload: 'first', lane, publication, user: 'a team' })
}

type State = (world: World, when: When) => Promise<ScheduledEvent>

const pending =
  (lane: Lane): State =>
  async (world, when) => {
    const event = first(when, lane)
    await world.table.index([event])
    await parkAll(world, [event])
    return event
  }
const ended =
  (kind: OutcomeKind, agoMs = 10): State =>
  async (world, when) => {
    const event = await pending('near')(world, when)
    await world.table.conclude({ slot: event.slot, key: event.key, kind, atMs: NOW_MS - agoMs, reason: 'the moon' })
    return event
  }

const STATES: Record<string, State> = {
  unknown: async (_, when) => first(when),
  'pending, far': pending('far'),
  'pending, near': pending('near'),
  'pending, soon': pending('soon'),
  'pending, express': pending('express'),
  retrying: async (world, when) => {
    const event = await pending('near')(world, 'a minute ago')
    const { slot: _slot, key: _key, ...fields } = event
    const next = anEvent({ ...fields, emitAtMs: NOW_MS + WHEN[when], attempt: 2 })
    await parkAll(world, [next])
    await world.table.conclude({
      ...event,
      kind: 'retrying',
      atMs: NOW_MS - 10,
      next: { slot: next.slot, key: next.key },
    })
    return event
  },
  delivered: async (world, when) => {
    const event = await pending('near')(world, when)
    await world.table.checkpoint(event.slot, 0, { delivered: [event.key], upTo: '~', lateMs: [] })
    return event
  },
  failed: ended('failed'),
  expired: ended('expired'),
  cancelled: ended('cancelled', 99_000),
  moved: async (world, when) => {
    const event = await pending('near')(world, when)
    const { slot: _slot, key: _key, emitAtMs: _emitAtMs, ...fields } = event
    const next = anEvent({ ...fields, dueAtMs: NOW_MS + 200_000 })
    await world.table.index([next])
    await parkAll(world, [next])
    const moved = { reason: 'moved', next: { slot: next.slot, key: next.key }, arrived: true } as const
    await world.table.conclude({ ...event, kind: 'cancelled', atMs: NOW_MS - 99_000, ...moved })
    return event
  },
}

/** What a client asks for, as the message that it publishes. */
const ACTIONS: Record<string, (event: ScheduledEvent) => string> = {
  'scheduled again': ({ id, date }) => aMessage({ id, date, payload: 'first' }),
  'scheduled with other fields': ({ id, date }) => aMessage({ id, date, payload: 'second' }),
  cancelled: ({ id, date }) => JSON.stringify({ action: 'cancel', id, date }),
  rescheduled: ({ id, date }) => JSON.stringify({ action: 'reschedule', id, date, new_date: iso(NEW_MS) }),
  'cancelled by its id': ({ id }) => JSON.stringify({ action: 'cancel', id }),
  'rescheduled by its id': ({ id }) => JSON.stringify({ action: 'reschedule', id, new_date: iso(NEW_MS) }),
  'replaced at its date': ({ id, date }) => aMessage({ id, date, payload: 'second', replace: true }),
  'replaced at another date': ({ id }) => aMessage({ id, date: iso(NEW_MS), payload: 'second', replace: true }),
}

/** What a client sees in the end. */
async function observe(state: State, when: When, action: (event: ScheduledEvent) => string): Promise<string> {
  const world = aWorld({ atMs: NOW_MS })
  const event = await state(world, when)
  const record = aRecord(action(event), { publishedAtMs: NOW_MS })
  const { batchItemFailures } = await world.clock.run(functionsOf(world).validator(aBatch(record)))
  expect(batchItemFailures).to.deep.equal([])
  await drain(world, 9)
  const notices = world.topics.notices(FAILURE_TOPIC).map(({ code }) => `\`${code}\``)
  const deliveries = world.topics
    .received(topicArn())
    .map(({ payload, attributes }) => `${payload}${attributes.due === iso(NEW_MS) ? ' at the new date' : ''}`)
  return [...notices, deliveries.join(' and ') || 'nothing'].join(', ')
}

/** The cells of the tables, each under the action that heads its column. */
const cells = [...doc.matchAll(/^\| The event is \| due \| (.+) \|\n\|[-|]+\|\n((?:\|.+\|\n)+)/gm)].flatMap(
  ([, head = '', body = '']) =>
    [...body.matchAll(/^\| ([^|]+?) \| ([^|]+?) \| (.+) \|$/gm)].flatMap(([, state = '', when = '', row = '']) =>
      row.split(' | ').map((cell, i) => ({ action: head.split(' | ')[i] ?? '', state, when: when as When, cell })),
    ),
)

describe('what happens when (docs/actions.md)', () => {
  it('has a cell for every state and action', () => {
    expect(new Set(cells.map(({ state }) => state))).to.deep.equal(new Set(Object.keys(STATES)))
    for (const action of Object.keys(ACTIONS)) expect(cells.filter((cell) => cell.action === action)).to.have.length(27)
    expect(cells).to.have.length(27 * Object.keys(ACTIONS).length)
  })

  for (const { state, when, action, cell } of cells)
    it(`to an event that is ${state} and due ${when}, when it is ${action}: ${cell}`, async () => {
      expect(await observe(STATES[state] ?? expect.fail(), when, ACTIONS[action] ?? expect.fail())).to.equal(cell)
    })
})

describe('requests about one event, in sequence', () => {
  const world = () => aWorld({ atMs: NOW_MS })
  const D1 = iso(NOW_MS + 60_000)
  const D2 = iso(NOW_MS + 120_000)
  const schedule = (date: string, payload = 'first') => aMessage({ id: 'a', date, payload })
  const cancel = (date: string) => JSON.stringify({ action: 'cancel', id: 'a', date })
  const move = (date: string, new_date: string) => JSON.stringify({ action: 'reschedule', id: 'a', date, new_date })
  /** Each published a second after the one before; the records, in that order. */
  const published = (...messages: string[]) =>
    messages.map((message, i) => aRecord(message, { publishedAtMs: NOW_MS - 10_000 + i * 1_000 }))
  const take = (w: World, ...records: ReturnType<typeof published>) =>
    w.clock.run(functionsOf(w).validator(aBatch(...records)))
  const seen = async (w: World) => {
    await drain(w, 6)
    return {
      delivered: w.topics.received(topicArn()).map(({ payload, attributes }) => `${payload} ${attributes.due}`),
      told: w.topics.notices(FAILURE_TOPIC).map(({ code }) => code),
    }
  }

  it('is delivered when it is scheduled again after a cancel, once', async () => {
    const w = world()
    const all = published(schedule(D1), cancel(D1), schedule(D1, 'second'))
    for (const record of all) await take(w, record)
    for (const record of all) await take(w, record)
    expect(await seen(w)).to.deep.equal({ delivered: [`second ${D1}`], told: [] })
  })

  it('stays cancelled when the message that was cancelled arrives after the cancel, or again', async () => {
    const w = world()
    const [event, cancelled] = published(schedule(D1), cancel(D1))
    if (!event || !cancelled) expect.fail()
    await take(w, cancelled)
    await take(w, event)
    await take(w, event)
    expect(await seen(w)).to.deep.equal({ delivered: [], told: ['EVENT_NOT_FOUND'] })
  })

  it('leaves alone what was scheduled after it: a cancel that arrives late', async () => {
    const w = world()
    const [event, cancelled, again] = published(schedule(D1), cancel(D1), schedule(D1, 'second'))
    if (!event || !cancelled || !again) expect.fail()
    for (const record of [event, cancelled, again, cancelled]) await take(w, record)
    expect(await seen(w)).to.deep.equal({ delivered: [`second ${D1}`], told: [] })
  })

  it('delivers what was scheduled again after a cancel, though the cancel arrives later or between', async () => {
    const all = published(schedule(D1), cancel(D1), schedule(D1))
    const [event, cancelled, again] = all
    if (!event || !cancelled || !again) expect.fail()
    for (const order of [
      [event, again, cancelled],
      [event, again, cancelled, again, cancelled, event],
    ]) {
      const w = world()
      for (const record of order) await take(w, record)
      expect(await seen(w)).to.deep.equal({ delivered: [`first ${D1}`], told: [] })
    }
    const w = world()
    await take(w, event)
    const [one, other] = [cancelled, again].map((record) => functionsOf(w).validator(aBatch(record)))
    await w.clock.run(Promise.all([one, other]))
    expect(await seen(w)).to.deep.equal({ delivered: [`first ${D1}`], told: [] })
  })

  it('delivers what was scheduled again at the date that it was moved from, though the move arrives later', async () => {
    const w = world()
    const [event, moved, again] = published(schedule(D1), move(D1, D2), schedule(D1))
    if (!event || !moved || !again) expect.fail()
    for (const record of [event, again, moved, moved]) await take(w, record)
    const { delivered, told } = await seen(w)
    expect({ delivered: delivered.sort(), told }).to.deep.equal({ delivered: [`first ${D1}`, `first ${D2}`], told: [] })
  })

  it('ends as the last of three says, though the second and the third change places', async () => {
    const w = world()
    const [event, first, again, last] = published(schedule(D1), cancel(D1), schedule(D1), cancel(D1))
    if (!event || !first || !again || !last) expect.fail()
    for (const record of [event, first, last, again]) await take(w, record)
    expect(await seen(w)).to.deep.equal({ delivered: [], told: [] })
  })

  it('can be moved and moved back, again and again', async () => {
    const w = world()
    for (const record of published(schedule(D1), move(D1, D2), move(D2, D1), move(D1, D2), move(D2, D1)))
      await take(w, record)
    expect(await seen(w)).to.deep.equal({ delivered: [`first ${D1}`], told: [] })
  })

  for (const order of ['in order', 'in the other order'] as const)
    it(`is not delivered when it is moved and cancelled there, ${order} in one batch`, async () => {
      const w = world()
      const [event, moved, cancelled] = published(schedule(D1), move(D1, D2), cancel(D2))
      if (!event || !moved || !cancelled) expect.fail()
      await take(w, event)
      await take(w, ...(order === 'in order' ? [moved, cancelled] : [cancelled, moved]))
      expect((await seen(w)).delivered).to.deep.equal([])
    })

  it('is not delivered at all when the cancel of its new date arrives in a batch before its move', async () => {
    const w = world()
    const [event, moved, cancelled] = published(schedule(D1), move(D1, D2), cancel(D2))
    if (!event || !moved || !cancelled) expect.fail()
    for (const record of [event, cancelled, moved]) await take(w, record)
    expect(await seen(w)).to.deep.equal({ delivered: [], told: ['EVENT_NOT_FOUND'] })
  })

  it('is not tried again when its message is redelivered after it failed: one message, one notice', async () => {
    const w = world()
    w.topics.fail(topicArn(), 'TARGET_NOT_FOUND')
    const [event] = published(schedule(D1))
    if (!event) expect.fail()
    await take(w, event)
    await drain(w, 3)
    await take(w, event)
    expect(await seen(w)).to.deep.equal({ delivered: [], told: ['TARGET_NOT_FOUND'] })
  })

  it('is tried again when it is published again after it failed', async () => {
    const w = world()
    w.topics.fail(topicArn(), 'TARGET_NOT_FOUND')
    await take(w, ...published(schedule(D1)))
    await drain(w, 3)
    w.topics.fail(topicArn(), undefined)
    await take(w, aRecord(schedule(D1), { publishedAtMs: w.clock.now() }))
    expect(await seen(w)).to.deep.equal({ delivered: [`first ${D1}`], told: ['TARGET_NOT_FOUND'] })
  })

  it('delivers the first of two with other fields in one batch, and tells of the second', async () => {
    for (const aheadMs of [1_000, 60_000, 280_000]) {
      const w = world()
      const date = iso(NOW_MS + aheadMs)
      await take(w, ...published(schedule(date), schedule(date, 'second')))
      expect(await seen(w)).to.deep.equal({ delivered: [`first ${date}`], told: ['EVENT_EXISTS'] })
    }
  })

  for (const fault of FAULTS)
    for (const [what, messages, delivered] of [
      ['scheduled again', [schedule(D1), cancel(D1), schedule(D1, 'second')], `second ${D1}`],
      ['moved back', [schedule(D1), move(D1, D2), move(D2, D1)], `first ${D1}`],
    ] as const)
      it(`is ${what}, once, when any call ${fault} and the message is redelivered`, async () => {
        for (let at = 1, done = false; !done; at++) {
          const w = world()
          const records = published(...messages)
          const last = records.pop() ?? expect.fail()
          for (const record of records) await take(w, record)
          const failing = failingAt(w, at, fault)
          await w.clock.run(functionsOf(failing).validator(aBatch(last))).catch(() => {})
          done = failing.calls() < at
          await take(leasesLapsed(w), last)
          expect((await seen(w)).delivered, `call ${at}`).to.deep.equal([delivered])
        }
      })
})
