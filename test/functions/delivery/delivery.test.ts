import { expect } from 'chai'
import type { ScheduledEvent } from '../../../core/event.ts'
import { MAX_MESSAGE_BYTES, messageBytes } from '../../../core/output-message.ts'
import { type Fate, startDelivery } from '../../../functions/delivery/delivery.ts'
import { EVENT_BYTES } from '../../../functions/delivery/outstanding-events.ts'
import type { Failure } from '../../../functions/delivery/publishing.ts'
import { topicsInMemory } from '../../memory/topics.ts'
import { anEvent, MINUTE_MS, topicArn } from '../../support/builders.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import { seededRandom } from '../../support/random.ts'

const OTHER = topicArn('other')

/** A delivery that begins five seconds before `MINUTE_MS`, and notes what becomes of its events. */
function aDelivery({ earlyMs = 0, fate: overrides = {} }: { earlyMs?: number; fate?: Partial<Fate> } = {}) {
  const clock = fakeClock(MINUTE_MS - 5_000, { earlyMs })
  const topics = topicsInMemory({ clock })
  const delivered: { id: string; atMs: number }[] = []
  const failed: { id: string; failure: Failure; atMs: number }[] = []
  const expired: string[] = []
  const fate: Fate = {
    delivered: ({ id }, atMs) => void delivered.push({ id, atMs }),
    failed: async ({ id }, failure) => void failed.push({ id, failure, atMs: clock.now() }),
    expired: async ({ id }) => void expired.push(id),
    ...overrides,
  }
  const delivery = startDelivery({ topics, clock, random: seededRandom(1) }, fate)
  return { clock, topics, delivered, failed, expired, delivery, finish: () => clock.run(delivery.finish()) }
}

const due = (afterMs: number, fields: Partial<ScheduledEvent> = {}) =>
  anEvent({ dueAtMs: MINUTE_MS + afterMs, ...fields })
const several = (count: number, fields: Partial<ScheduledEvent> = {}) =>
  Array.from({ length: count }, () => due(0, fields))

describe('a held event', () => {
  it('is not published one millisecond before it is due', async () => {
    const { clock, topics, delivery } = aDelivery()
    delivery.hold([due(0)])
    await clock.advanceTo(MINUTE_MS - 1)
    expect(topics.calls).to.deep.equal([])
  })

  it('is published in the millisecond it is due', async () => {
    const { clock, topics, delivery } = aDelivery()
    delivery.hold([due(0)])
    await clock.advanceTo(MINUTE_MS)
    expect(topics.received(topicArn()).map(({ sentAtMs }) => sentAtMs)).to.deep.equal([MINUTE_MS])
  })

  it('is never published early, even if every sleep ends a millisecond too soon', async () => {
    const { topics, delivery, finish } = aDelivery({ earlyMs: 1 })
    delivery.hold(Array.from({ length: 300 }, (_, i) => due(i * 7)))
    await finish()
    const messages = topics.received(topicArn())
    expect(messages).to.have.length(300)
    for (const { sentAtMs, dueAtMs } of messages) expect(sentAtMs).to.equal(dueAtMs)
  })

  it('is published at once when it is overdue', async () => {
    const { clock, topics, delivery } = aDelivery()
    delivery.hold([due(-60_000)])
    await clock.advance(0)
    expect(topics.received(topicArn())).to.have.length(1)
  })

  it('is published in its own millisecond, also one after another', async () => {
    const { topics, delivery, finish } = aDelivery()
    delivery.hold([due(0), due(1), due(2)])
    await finish()
    expect(topics.received(topicArn()).map(({ sentAtMs }) => sentAtMs - MINUTE_MS)).to.deep.equal([0, 1, 2])
  })

  it('waits longer when the clock is set back, and is still not early', async () => {
    const { clock, topics, delivery, finish } = aDelivery()
    delivery.hold([due(0)])
    await clock.advanceTo(MINUTE_MS - 100)
    clock.shift(-10_000)
    await finish()
    expect(topics.received(topicArn()).map(({ sentAtMs }) => sentAtMs)).to.deep.equal([MINUTE_MS])
  })

  it('goes out within a minute when the clock is set forward', async () => {
    const { clock, topics, delivery } = aDelivery()
    delivery.hold([due(3_600_000)])
    await clock.advance(1)
    clock.shift(3_700_000)
    await clock.advance(60_000)
    expect(topics.received(topicArn())).to.have.length(1)
  })

  it('overtakes events held before it when it is due before them', async () => {
    const { topics, delivery, finish } = aDelivery()
    delivery.hold([due(1_000, { id: 'c' }), due(3_000, { id: 'd' })])
    delivery.hold([due(500, { id: 'b' }), due(-10, { id: 'a' })])
    await finish()
    const messages = topics.received(topicArn())
    expect(messages.map(({ id }) => id)).to.deep.equal(['a', 'b', 'c', 'd'])
    for (const { sentAtMs, dueAtMs } of messages) expect(sentAtMs).to.equal(dueAtMs)
  })

  it('is published once, however often it is handed over', async () => {
    const { topics, delivery, finish } = aDelivery()
    const event = due(0)
    delivery.hold([event, event])
    delivery.hold([event])
    await finish()
    expect(topics.received(topicArn())).to.have.length(1)
  })

  it('is published once though it is handed over again while its publish is under way', async () => {
    const { clock, topics, delivery, finish } = aDelivery()
    topics.slow(topicArn(), 1_000)
    const event = due(0)
    delivery.hold([event])
    await clock.advanceTo(MINUTE_MS + 500)
    delivery.hold([event])
    await finish()
    expect(topics.received(topicArn())).to.have.length(1)
    expect([delivery.size(), delivery.bytes()]).to.deep.equal([0, 0])
  })

  it('is not published once it is dropped', async () => {
    const { topics, delivery, finish, delivered } = aDelivery()
    const [kept, dropped] = [due(0), due(0)]
    delivery.hold([kept, dropped])
    delivery.drop(dropped.key)
    expect([delivery.size(), delivery.bytes()]).to.deep.equal([1, EVENT_BYTES + kept.payload.length])
    await finish()
    expect(topics.received(topicArn()).map(({ id }) => id)).to.deep.equal([kept.id])
    expect(delivered).to.have.length(1)
  })

  it('is published after all when it is handed over again after it was dropped', async () => {
    const { topics, delivery, finish } = aDelivery()
    const event = due(0)
    delivery.hold([event])
    delivery.drop(event.key)
    delivery.hold([event])
    await finish()
    expect(topics.received(topicArn())).to.have.length(1)
  })

  it('can no longer be dropped once its publish is under way', async () => {
    const { clock, topics, delivery, finish, delivered } = aDelivery()
    topics.slow(topicArn(), 100)
    const event = due(0)
    delivery.hold([event])
    await clock.advanceTo(MINUTE_MS)
    delivery.drop(event.key)
    await finish()
    expect(delivered).to.have.length(1)
  })
})

describe('a batch of events', () => {
  it('has up to ten events of one target, in the order of their keys', async () => {
    const { topics, delivery, finish } = aDelivery()
    const events = several(25)
    delivery.hold(events)
    await finish()
    expect(topics.calls.map(({ ids }) => ids.length)).to.deep.equal([10, 10, 5])
    expect(topics.calls.flatMap(({ ids }) => ids)).to.deep.equal(events.map(({ id }) => id))
  })

  it('has events of one target only', async () => {
    const { topics, delivery, finish } = aDelivery()
    delivery.hold([due(0), due(0, { target: OTHER }), due(0), due(0, { target: OTHER })])
    await finish()
    expect(topics.calls.map(({ target, ids }) => [target, ids.length])).to.deep.equal([
      [topicArn(), 2],
      [OTHER, 2],
    ])
  })

  it('is no larger than SNS takes', async () => {
    const { topics, delivery, finish } = aDelivery()
    delivery.hold(several(5, { payload: 'x'.repeat(100_000) }))
    await finish()
    expect(topics.calls.map(({ ids }) => ids.length)).to.deep.equal([2, 2, 1])
  })

  it('of the largest events has one each', async () => {
    const { topics, delivery, finish } = aDelivery()
    const size = MAX_MESSAGE_BYTES - messageBytes(due(0, { payload: '', id: 'a' }))
    delivery.hold(['a', 'b'].map((id) => due(0, { id, payload: 'x'.repeat(size) })))
    await finish()
    expect(topics.calls.map(({ ids }) => ids)).to.deep.equal([['a'], ['b']])
  })

  it('goes out at once while fewer than four others are under way, then waits for company', async () => {
    const { clock, topics, delivery, finish } = aDelivery()
    topics.slow(topicArn(), 1_000)
    delivery.hold(Array.from({ length: 9 }, (_, i) => due(i)))
    await clock.advanceTo(MINUTE_MS + 999)
    expect(topics.calls.map(({ ids }) => ids.length)).to.deep.equal([1, 1, 1, 1])
    await finish()
    expect(topics.calls.slice(4).map(({ ids, atMs }) => [ids.length, atMs - MINUTE_MS])).to.deep.equal([[5, 1_000]])
  })

  it('that is full waits for no other while fewer than sixteen are under way', async () => {
    const { clock, topics, delivery, finish } = aDelivery()
    topics.slow(topicArn(), 1_000)
    delivery.hold(Array.from({ length: 175 }, (_, i) => due(Math.floor(i / 10))))
    await clock.advanceTo(MINUTE_MS + 999)
    expect(topics.calls.map(({ ids }) => ids.length)).to.deep.equal(Array.from({ length: 16 }, () => 10))
    await finish()
    expect(topics.calls.slice(16).map(({ ids, atMs }) => [ids.length, atMs - MINUTE_MS])).to.deep.equal([
      [10, 1_000],
      [5, 1_013],
    ])
  })
})

describe('a slow target', () => {
  it('does not delay the events of others by a millisecond', async () => {
    const { topics, delivery, finish } = aDelivery()
    topics.slow(topicArn(), 30_000)
    delivery.hold([...several(500), ...Array.from({ length: 50 }, (_, i) => due(i * 10, { target: OTHER }))])
    await finish()
    const late = topics.received(OTHER).map(({ atMs, dueAtMs }) => atMs - dueAtMs)
    expect(late).to.deep.equal(Array.from({ length: 50 }, () => 0))
    expect(topics.received(topicArn())).to.have.length(500)
  })
})

describe('a failing target', () => {
  it('is tried four times within three seconds, and then its events are given to their fate', async () => {
    const { topics, delivery, finish, failed, delivered } = aDelivery()
    topics.fail(topicArn(), 'TARGET_UNAVAILABLE')
    delivery.hold([due(0, { id: 'a' })])
    await finish()
    const triesAtMs = topics.calls.map(({ atMs }) => atMs - MINUTE_MS)
    expect(triesAtMs).to.have.length(4)
    expect(triesAtMs[0]).to.equal(0)
    expect(triesAtMs[3]).to.be.within(1_575, 2_625)
    expect(failed.map(({ id, failure }) => [id, failure.code])).to.deep.equal([['a', 'TARGET_UNAVAILABLE']])
    expect(delivered).to.deep.equal([])
  })

  it('gets its events once it works again', async () => {
    const { topics, delivery, finish, failed } = aDelivery()
    topics.throttle(topicArn(), 3)
    delivery.hold(several(10))
    await finish()
    expect(topics.received(topicArn())).to.have.length(10)
    expect(failed).to.deep.equal([])
  })

  it('is not tried again for an error that will not mend', async () => {
    for (const code of ['TARGET_NOT_FOUND', 'TARGET_DENIED', 'TARGET_REFUSED'] as const) {
      const { topics, delivery, finish, failed } = aDelivery()
      topics.fail(topicArn(), code)
      delivery.hold([due(0)])
      await finish()
      expect(topics.calls).to.have.length(1)
      expect(failed.map(({ failure }) => failure.code)).to.deep.equal([code])
    }
  })

  it('changes nothing for the events of others', async () => {
    const { topics, delivery, finish } = aDelivery()
    topics.fail(topicArn(), 'TARGET_UNAVAILABLE')
    delivery.hold([...several(100), ...several(10, { target: OTHER })])
    await finish()
    expect(topics.received(OTHER).map(({ atMs }) => atMs)).to.deep.equal(Array.from({ length: 10 }, () => MINUTE_MS))
  })

  it('has its events expire that reach their latest time between two tries', async () => {
    const { topics, delivery, finish, expired, failed } = aDelivery()
    topics.fail(topicArn(), 'TARGET_UNAVAILABLE')
    delivery.hold([due(0, { id: 'a', latestAtMs: MINUTE_MS + 300 })])
    await finish()
    expect(topics.calls).to.have.length(2)
    expect([expired, failed]).to.deep.equal([['a'], []])
  })
})

describe('a single event that fails in its batch', () => {
  it('is tried again alone, and its neighbours are not published twice', async () => {
    const { clock, topics, delivery, finish, failed, delivered } = aDelivery()
    topics.failEvent('b', 'TARGET_UNAVAILABLE')
    delivery.hold(['a', 'b', 'c'].map((id) => due(0, { id })))
    await clock.advanceTo(MINUTE_MS + 10)
    topics.failEvent('b', undefined)
    await finish()
    expect(topics.received(topicArn()).map(({ id }) => id)).to.deep.equal(['a', 'c', 'b'])
    expect([delivered.length, failed.length]).to.deep.equal([3, 0])
  })

  it('has its neighbours delivered when it makes SNS refuse the whole batch', async () => {
    const { topics, delivery, finish, failed } = aDelivery()
    topics.poison('e')
    delivery.hold([...'abcdefghij'].map((id) => due(0, { id })))
    await finish()
    expect(topics.received(topicArn()).map(({ id }) => id)).to.have.members([...'abcdfghij'])
    expect(failed.map(({ id }) => id)).to.deep.equal(['e'])
  })

  it('does not hold up the events due after it', async () => {
    const { topics, delivery, finish } = aDelivery()
    topics.failEvent('a', 'TARGET_UNAVAILABLE')
    delivery.hold([due(0, { id: 'a' }), ...Array.from({ length: 20 }, (_, i) => due(100 * i))])
    await finish()
    for (const { atMs, dueAtMs } of topics.received(topicArn())) expect(atMs).to.equal(dueAtMs)
  })
})

describe('the latest time of an event', () => {
  it('still has it published in that very millisecond', async () => {
    const { delivery, finish, expired, delivered } = aDelivery()
    delivery.hold([due(-10_000, { latestAtMs: MINUTE_MS - 5_000 })])
    await finish()
    expect([delivered.length, expired.length]).to.deep.equal([1, 0])
  })

  it('has it expire one millisecond later', async () => {
    const { delivery, finish, expired, topics } = aDelivery()
    delivery.hold([due(-10_000, { id: 'a', latestAtMs: MINUTE_MS - 5_001 })])
    await finish()
    expect([expired, topics.calls]).to.deep.equal([['a'], []])
  })
})

describe('the account of a delivery', () => {
  it('says how much is in memory, and what is the first key not done with', async () => {
    const { clock, topics, delivery } = aDelivery()
    const [a, b] = [due(0, { id: 'a', payload: '12345' }), due(1_000, { id: 'b', payload: '123' })]
    expect([delivery.size(), delivery.bytes(), delivery.firstKey()]).to.deep.equal([0, 0, undefined])
    delivery.hold([a, b])
    expect([delivery.size(), delivery.bytes(), delivery.firstKey()]).to.deep.equal([2, 2 * EVENT_BYTES + 8, a.key])
    topics.slow(topicArn(), 10)
    await clock.advanceTo(MINUTE_MS)
    expect(delivery.firstKey()).to.equal(a.key)
    await clock.advance(10)
    expect([delivery.size(), delivery.bytes(), delivery.firstKey()]).to.deep.equal([1, EVENT_BYTES + 3, b.key])
  })

  it('counts an event as delivered when the topic has taken it, not when it was sent', async () => {
    const { topics, delivery, finish, delivered } = aDelivery()
    topics.slow(topicArn(), 25)
    delivery.hold([due(0)])
    await finish()
    expect(delivered.map(({ atMs }) => atMs - MINUTE_MS)).to.deep.equal([25])
  })

  it('counts an event of a lost answer as delivered once, though its target may get it twice', async () => {
    const { topics, delivery, finish, delivered } = aDelivery()
    topics.loseAnswers(topicArn(), 1)
    delivery.hold([due(0)])
    await finish()
    expect([topics.received(topicArn()).length, delivered.length]).to.deep.equal([2, 1])
  })
})

describe('the end of a delivery', () => {
  it('comes at once when nothing is held', async () => {
    const { clock, delivery } = aDelivery()
    await clock.run(delivery.finish())
    expect(clock.now()).to.equal(MINUTE_MS - 5_000)
    expect(clock.timers()).to.equal(0)
  })

  it('waits for what is held, under way and being tried again', async () => {
    const { clock, topics, delivery, finish, delivered } = aDelivery()
    topics.slow(topicArn(), 500)
    topics.throttle(OTHER, 1)
    delivery.hold([due(0), due(0, { target: OTHER }), due(2_000, { target: topicArn('third') })])
    await finish()
    expect(delivered).to.have.length(3)
    expect(clock.now()).to.equal(MINUTE_MS + 2_000)
  })

  it('waits until the fate of every event is written down', async () => {
    let written = false
    const delivery = aDelivery({
      fate: {
        failed: async () => {
          await delivery.clock.sleep(1_000)
          written = true
        },
      },
    })
    delivery.topics.fail(topicArn(), 'TARGET_DENIED')
    delivery.delivery.hold([due(0)])
    await delivery.finish()
    expect(written).to.equal(true)
  })

  it('fails when a fate could not be written down, after everything else is done', async () => {
    const { topics, delivery, finish, delivered } = aDelivery({
      fate: { failed: () => Promise.reject(new Error('table down')) },
    })
    topics.fail(topicArn(), 'TARGET_DENIED')
    delivery.hold([due(0), due(1_000, { target: OTHER })])
    expect(await finish().catch(({ message }: Error) => message)).to.equal('table down')
    expect(delivered).to.have.length(1)
  })
})

describe('a burst', () => {
  it('of 20,000 events in one second goes out, each in its millisecond', async () => {
    const { topics, delivery, finish } = aDelivery()
    delivery.hold(Array.from({ length: 20_000 }, (_, i) => due(Math.floor(i / 20))))
    await finish()
    const messages = topics.received(topicArn())
    expect(messages).to.have.length(20_000)
    expect(messages.every(({ sentAtMs, dueAtMs }) => sentAtMs === dueAtMs)).to.equal(true)
  })
})
