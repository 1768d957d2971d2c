import { expect } from 'chai'
import type { ScheduledEvent } from '../../../core/event.ts'
import type { Untold } from '../../../core/untold.ts'
import { type Fate, startDelivery } from '../../../functions/delivery/delivery.ts'
import { EVENT_BYTES } from '../../../functions/delivery/outstanding-events.ts'
import type { Failure } from '../../../functions/delivery/publishing.ts'
import { topicsInMemory } from '../../memory/topics.ts'
import { due, MINUTE_MS, topicArn } from '../../support/builders.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import { seededRandom } from '../../support/random.ts'

const OTHER = topicArn('other')

/** A delivery that begins five seconds before `MINUTE_MS`, and notes what becomes of its events. */
function aDelivery({
  fate: overrides = {},
  ...options
}: {
  needsClearance?: boolean
  deferUntilMs?: number
  fate?: Partial<Fate>
} = {}) {
  const clock = fakeClock(MINUTE_MS - 5_000)
  const topics = topicsInMemory({ clock })
  const delivered: { id: string; atMs: number }[] = []
  const failed: { id: string; failure: Failure; atMs: number }[] = []
  const expired: string[] = []
  const fate: Fate = {
    delivered: ({ id }, atMs) => void delivered.push({ id, atMs }),
    failed: async ({ id }, failure) => void failed.push({ id, failure, atMs: clock.now() }),
    expired: async ({ id }) => void expired.push(id),
    postponed: async () => {},
    untold: async () => {},
    ...overrides,
  }
  const delivery = startDelivery({ topics, clock, random: seededRandom(1) }, fate, options)
  return { clock, topics, delivered, failed, expired, delivery, finish: () => clock.run(delivery.finish()) }
}

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

describe('a delivery that needs clearance', () => {
  it('publishes nothing at its start, then as long as it is cleared, each in its millisecond or at once when that has passed', async () => {
    const { clock, topics, delivery } = aDelivery({ needsClearance: true })
    delivery.hold([due(0), due(100), due(101)])
    await clock.advanceTo(MINUTE_MS + 10)
    expect(topics.calls).to.deep.equal([])
    delivery.clear(MINUTE_MS + 100)
    await clock.advanceTo(MINUTE_MS + 60_000)
    expect(topics.calls.map(({ atMs }) => atMs - MINUTE_MS)).to.deep.equal([10, 100])
    expect(delivery.clearedUntilMs()).to.equal(MINUTE_MS + 100)
  })

  it('knows the keys it holds, among which the cancelled ones are to be looked for', async () => {
    const { clock, delivery } = aDelivery({ needsClearance: true })
    const [a, b, c] = [due(0), due(1), due(2)]
    expect(delivery.heldKeys()).to.equal(undefined)
    delivery.hold([a, b, c])
    delivery.drop(c.key)
    expect(delivery.heldKeys()).to.deep.equal({ first: a.key, last: b.key })
    delivery.clear(MINUTE_MS)
    await clock.advanceTo(MINUTE_MS)
    expect(delivery.heldKeys()).to.deep.equal({ first: b.key, last: b.key })
  })
})

describe('a function that stood still, and goes on after its clearance is over', () => {
  it('publishes nothing of what it holds, of what waits behind a slow target, and of what is to be tried again', async () => {
    const { clock, topics, delivery } = aDelivery({ needsClearance: true })
    topics.slow(topicArn(), 100)
    topics.throttle(OTHER, 100)
    delivery.hold([...Array.from({ length: 200 }, () => due(0)), due(0, { target: OTHER }), due(500)])
    delivery.clear(MINUTE_MS + 600)
    await clock.advanceTo(MINUTE_MS + 50)
    const calls = topics.calls.length
    expect(calls).to.equal(17)
    clock.shift(600)
    await clock.advance(60_000)
    expect(topics.calls.length).to.equal(calls)
    delivery.clear(clock.now())
    await clock.advance(0)
    expect(topics.calls.length).to.be.above(calls)
  })
})

describe('a delivery that is abandoned', () => {
  it('lets go of what waits behind a slow target and for a next try, and of what fails from then on', async () => {
    const { clock, topics, delivery, finish, delivered, failed, expired } = aDelivery()
    topics.slow(topicArn(), 500)
    topics.throttle(OTHER, 3)
    const mayExpire = due(0, { target: OTHER, latestAtMs: MINUTE_MS + 60, id: 'tried again' })
    delivery.hold([...Array.from({ length: 200 }, () => due(0)), mayExpire])
    await clock.advanceTo(MINUTE_MS + 50)
    topics.fail(topicArn(), 'TARGET_DENIED')
    delivery.abandon()
    const calls = topics.calls.length
    await finish()
    expect(topics.calls.length).to.equal(calls)
    expect([delivered.length, failed, expired, delivery.size()]).to.deep.equal([0, [], [], 0])
  })

  it('lets go of what is held, sees to what is under way, and ends', async () => {
    const { clock, topics, delivery, finish, delivered } = aDelivery()
    topics.slow(topicArn(), 500)
    delivery.hold([due(0, { id: 'a' }), due(1, { id: 'b' })])
    await clock.advanceTo(MINUTE_MS)
    delivery.abandon()
    expect([delivery.size(), delivery.heldKeys()]).to.deep.equal([1, undefined])
    await finish()
    expect(delivered.map(({ id }) => id)).to.deep.equal(['a'])
    expect([clock.now(), delivery.size(), delivery.bytes()]).to.deep.equal([MINUTE_MS + 500, 0, 0])
  })
})

describe('the account of a delivery', () => {
  it('says how much is in memory, and what is the lowest key not done with', async () => {
    const { clock, topics, delivery } = aDelivery()
    const [a, b] = [due(0, { id: 'a', payload: '12345' }), due(1_000, { id: 'b', payload: '123' })]
    expect([delivery.size(), delivery.bytes(), delivery.lowestKey()]).to.deep.equal([0, 0, undefined])
    delivery.hold([a, b])
    expect([delivery.size(), delivery.bytes(), delivery.lowestKey()]).to.deep.equal([2, 2 * EVENT_BYTES + 8, a.key])
    topics.slow(topicArn(), 10)
    await clock.advanceTo(MINUTE_MS)
    expect(delivery.lowestKey()).to.equal(a.key)
    await clock.advance(10)
    expect([delivery.size(), delivery.bytes(), delivery.lowestKey()]).to.deep.equal([1, EVENT_BYTES + 3, b.key])
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

describe('an event that is not published', () => {
  const noting = () => {
    const noted: string[] = []
    const fate = {
      postponed: async ({ id }: ScheduledEvent) => void noted.push(`${id} postponed`),
      untold: async ({ id }: ScheduledEvent, { reason }: Untold) => void noted.push(`${id} told that ${reason}`),
    }
    return { noted, ...aDelivery({ fate }) }
  }

  it('is told of when it has failed before, and is done with then', async () => {
    const { noted, topics, delivery, finish } = noting()
    const untold = { kind: 'failed', code: 'TARGET_DENIED', error: '', reason: 'why', sinceMs: 0 } as const
    delivery.hold([due(0, { id: 'a', untold })])
    await finish()
    expect([noted, topics.calls, delivery.size()]).to.deep.equal([['a told that why'], [], 0])
  })

  it('is put off when there is no room for it, and is done with then', async () => {
    const { noted, clock, topics, delivery } = noting()
    topics.slow(topicArn(), 60_000)
    const payload = 'x'.repeat(250_000)
    delivery.hold([...Array.from({ length: 33 }, () => due(0, { payload })), due(3_001, { id: 'a', payload })])
    await clock.advanceTo(MINUTE_MS + 3_002)
    expect([noted, delivery.size()]).to.deep.equal([['a postponed'], 33])
  })
})

describe('an event that there is no room for', () => {
  const payload = 'x'.repeat(250_000)
  const many = () => Array.from({ length: 33 }, () => due(0, { payload }))
  const more = [due(3_001, { id: 'a', payload }), due(3_001, { id: 'b', payload })] as const
  const [a, b] = more

  /** A delivery to a target that answers after a minute, with two events deferred. */
  const deferring = async () => {
    const all = aDelivery({ deferUntilMs: MINUTE_MS + 120_000 })
    all.topics.slow(topicArn(), 60_000)
    all.delivery.hold([...many(), ...more])
    await all.clock.advanceTo(MINUTE_MS + 3_002)
    return all
  }

  it('has only its key in memory, and is not done with: it is not taken again', async () => {
    const { delivery } = await deferring()
    const bytes = delivery.bytes()
    delivery.hold([a])
    expect([delivery.size(), delivery.bytes()]).to.deep.equal([35, bytes])
    expect(bytes).to.equal(33 * (EVENT_BYTES + payload.length))
  })

  it('is where a delivery goes on when all before it is done with', async () => {
    const { clock, delivery } = await deferring()
    await clock.advanceTo(MINUTE_MS + 181_000)
    expect([delivery.size(), delivery.lowestKey()]).to.deep.equal([2, [a.key, b.key].sort()[0]])
  })

  it('is published when it is found again, and done with when it is not', async () => {
    const { clock, delivered, delivery, finish } = await deferring()
    await clock.advanceTo(MINUTE_MS + 121_000 - 2_000)
    expect(delivery.takeDeferred()).to.deep.equal([a.key, b.key])
    delivery.resume([a.key, b.key], [b])
    await finish()
    expect(delivered.slice(32).map(({ id }) => id))
      .to.include('b')
      .and.not.include('a')
    expect([delivered.length, delivery.size()]).to.deep.equal([34, 0])
  })

  it('is let go of when the delivery is abandoned', async () => {
    const { delivery, finish, delivered } = await deferring()
    delivery.abandon()
    await finish()
    expect([delivery.size(), delivered.length]).to.deep.equal([0, 16])
  })
})

describe('a delivery', () => {
  it('ends at once when it is abandoned, however far ahead its events are', async () => {
    const { clock, topics, delivery, finish } = aDelivery()
    delivery.hold([due(60_000)])
    await clock.advance(10)
    const work = finish()
    delivery.abandon()
    await work
    expect([clock.now() - MINUTE_MS, topics.calls]).to.deep.equal([10 - 5_000, []])
  })

  it('publishes what waits for its target at once when it is cleared again', async () => {
    const { clock, topics, delivery } = aDelivery({ needsClearance: true })
    topics.slow(topicArn(), 1_000)
    delivery.clear(MINUTE_MS)
    delivery.hold(Array.from({ length: 170 }, () => due(0)))
    await clock.advanceTo(MINUTE_MS + 2_000)
    expect(topics.calls).to.have.length(16)
    delivery.clear(MINUTE_MS + 5_000)
    expect(topics.calls.slice(16).map(({ atMs, ids }) => [atMs - MINUTE_MS, ids.length])).to.deep.equal([[2_000, 10]])
  })
})
