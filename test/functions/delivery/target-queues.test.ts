import { expect } from 'chai'
import type { ScheduledEvent } from '../../../core/event.ts'
import type { Failure } from '../../../functions/delivery/publishing.ts'
import { BEHIND_MS } from '../../../functions/delivery/target-loads.ts'
import { startTargetQueues } from '../../../functions/delivery/target-queues.ts'
import { topicsInMemory } from '../../memory/topics.ts'
import { due, MINUTE_MS, topicArn } from '../../support/builders.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import { seededRandom } from '../../support/random.ts'

const OTHER = topicArn('other')

/** The queues at `MINUTE_MS`, with notes of how events left them. */
function theQueues(isGiven = () => true, deferUntilMs = Number.NEGATIVE_INFINITY) {
  const clock = fakeClock(MINUTE_MS)
  const topics = topicsInMemory({ clock })
  const delivered: { id: string; atMs: number }[] = []
  const failed: { id: string; failure: Failure }[] = []
  const expired: string[] = []
  const postponed: { id: string; atMs: number }[] = []
  const deferred: ScheduledEvent[] = []
  const told: string[] = []
  const letGo: { id: string; atMs: number }[] = []
  const left = new Map<string, () => void>()
  const works: Promise<unknown>[] = []
  const queues = startTargetQueues(
    { topics, clock, random: seededRandom(1), clearance: { isGiven }, deferUntilMs },
    {
      letGo({ id }) {
        letGo.push({ id, atMs: clock.now() })
        left.get(id)?.()
      },
      deferred(event) {
        deferred.push(event)
        left.get(event.id)?.()
      },
      async postponed({ id }) {
        postponed.push({ id, atMs: clock.now() })
        left.get(id)?.()
      },
      async untold({ id }) {
        told.push(id)
        left.get(id)?.()
      },
      delivered({ id }, atMs) {
        delivered.push({ id, atMs })
        left.get(id)?.()
      },
      async failed({ id }, failure) {
        failed.push({ id, failure })
        left.get(id)?.()
      },
      async expired({ id }) {
        expired.push(id)
        left.get(id)?.()
      },
    },
  )
  return {
    clock,
    topics,
    delivered,
    failed,
    expired,
    postponed,
    deferred,
    told,
    letGo,
    wake: () => queues.wake(),
    takeDeferred: () => queues.takeDeferred(),
    resume: (events: readonly ScheduledEvent[]) => queues.resume(events),
    abandon: () => queues.abandon(),
    /** Adds each event when it is due. */
    add(events: readonly ScheduledEvent[]): void {
      for (const { id } of events) works.push(new Promise<void>((resolve) => left.set(id, resolve)))
      const adding = async () => {
        for (const [atMs, due] of Map.groupBy(events, ({ dueAtMs }) => dueAtMs)) {
          if (atMs > clock.now()) await clock.sleep(atMs - clock.now())
          queues.add(due)
        }
      }
      works.push(adding())
    },
    /** Resolves when every event has left. */
    finish: () => clock.run(Promise.all(works)),
  }
}

const several = (count: number, fields: Partial<ScheduledEvent> = {}) =>
  Array.from({ length: count }, () => due(0, fields))

describe('the queues of targets', () => {
  it('have batches of one target only', async () => {
    const { topics, add, finish } = theQueues()
    add([due(0), due(0, { target: OTHER }), due(0), due(0, { target: OTHER })])
    await finish()
    expect(topics.calls.map(({ target, ids }) => [target, ids.length])).to.deep.equal([
      [topicArn(), 2],
      [OTHER, 2],
    ])
  })

  it('have a batch go out at once while fewer than four others are under way, then wait for company', async () => {
    const { clock, topics, add, finish } = theQueues()
    topics.slow(topicArn(), 1_000)
    add(Array.from({ length: 9 }, (_, i) => due(i)))
    await clock.advanceTo(MINUTE_MS + 999)
    expect(topics.calls.map(({ ids }) => ids.length)).to.deep.equal([1, 1, 1, 1])
    await finish()
    expect(topics.calls.slice(4).map(({ ids, atMs }) => [ids.length, atMs - MINUTE_MS])).to.deep.equal([[5, 1_000]])
  })

  it('have a full batch wait for no other while fewer than sixteen are under way', async () => {
    const { clock, topics, add, finish } = theQueues()
    topics.slow(topicArn(), 1_000)
    add(Array.from({ length: 175 }, (_, i) => due(Math.floor(i / 10))))
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
    const { topics, add, finish } = theQueues()
    topics.slow(topicArn(), 30_000)
    add([...several(500), ...Array.from({ length: 50 }, (_, i) => due(i * 10, { target: OTHER }))])
    await finish()
    const late = topics.received(OTHER).map(({ atMs, dueAtMs }) => atMs - dueAtMs)
    expect(late).to.deep.equal(Array.from({ length: 50 }, () => 0))
    expect(topics.received(topicArn())).to.have.length(500)
  })
})

describe('a failing target', () => {
  it('is tried four times within three seconds, and then its events are given to their fate', async () => {
    const { topics, add, finish, failed, delivered } = theQueues()
    topics.fail(topicArn(), 'TARGET_UNAVAILABLE')
    add([due(0, { id: 'a' })])
    await finish()
    const triesAtMs = topics.calls.map(({ atMs }) => atMs - MINUTE_MS)
    expect(triesAtMs).to.have.length(4)
    expect(triesAtMs[0]).to.equal(0)
    expect(triesAtMs[3]).to.be.within(1_575, 2_625)
    expect(failed.map(({ id, failure }) => [id, failure.code])).to.deep.equal([['a', 'TARGET_UNAVAILABLE']])
    expect(delivered).to.deep.equal([])
  })

  it('gets its events once it works again', async () => {
    const { topics, add, finish, failed } = theQueues()
    topics.throttle(topicArn(), 3)
    add(several(10))
    await finish()
    expect(topics.received(topicArn())).to.have.length(10)
    expect(failed).to.deep.equal([])
  })

  it('is not tried again for an error that will not mend', async () => {
    for (const code of ['TARGET_NOT_FOUND', 'TARGET_DENIED', 'TARGET_REFUSED'] as const) {
      const { topics, add, finish, failed } = theQueues()
      topics.fail(topicArn(), code)
      add([due(0)])
      await finish()
      expect(topics.calls).to.have.length(1)
      expect(failed.map(({ failure }) => failure.code)).to.deep.equal([code])
    }
  })

  it('changes nothing for the events of others', async () => {
    const { topics, add, finish } = theQueues()
    topics.fail(topicArn(), 'TARGET_UNAVAILABLE')
    add([...several(100), ...several(10, { target: OTHER })])
    await finish()
    expect(topics.received(OTHER).map(({ atMs }) => atMs)).to.deep.equal(Array.from({ length: 10 }, () => MINUTE_MS))
  })

  it('has its events expire that reach their latest time between two tries', async () => {
    const { topics, add, finish, expired, failed } = theQueues()
    topics.fail(topicArn(), 'TARGET_UNAVAILABLE')
    add([due(0, { id: 'a', latestAtMs: MINUTE_MS + 300 })])
    await finish()
    expect(topics.calls).to.have.length(2)
    expect([expired, failed]).to.deep.equal([['a'], []])
  })
})

describe('a single event that fails in its batch', () => {
  it('is tried again alone, and its neighbours are not published twice', async () => {
    const { clock, topics, add, finish, failed, delivered } = theQueues()
    topics.failEvent('b', 'TARGET_UNAVAILABLE')
    add(['a', 'b', 'c'].map((id) => due(0, { id })))
    await clock.advanceTo(MINUTE_MS + 10)
    topics.failEvent('b', undefined)
    await finish()
    expect(topics.received(topicArn()).map(({ id }) => id)).to.deep.equal(['a', 'c', 'b'])
    expect([delivered.length, failed.length]).to.deep.equal([3, 0])
  })

  it('has its neighbours delivered when it makes SNS refuse the whole batch', async () => {
    const { topics, add, finish, failed } = theQueues()
    topics.poison('e')
    add([...'abcdefghij'].map((id) => due(0, { id })))
    await finish()
    expect(topics.received(topicArn()).map(({ id }) => id)).to.have.members([...'abcdfghij'])
    expect(failed.map(({ id }) => id)).to.deep.equal(['e'])
  })

  it('does not hold up the events due after it', async () => {
    const { topics, add, finish } = theQueues()
    topics.failEvent('a', 'TARGET_UNAVAILABLE')
    add([due(0, { id: 'a' }), ...Array.from({ length: 20 }, (_, i) => due(100 * i))])
    await finish()
    for (const { atMs, dueAtMs } of topics.received(topicArn())) expect(atMs).to.equal(dueAtMs)
  })
})

describe('the latest time of an event', () => {
  it('still has it published in that very millisecond', async () => {
    const { add, finish, expired, delivered } = theQueues()
    add([due(0, { latestAtMs: MINUTE_MS })])
    await finish()
    expect([delivered.length, expired.length]).to.deep.equal([1, 0])
  })

  it('has it expire one millisecond later', async () => {
    const { add, finish, expired, topics } = theQueues()
    add([due(0, { id: 'a', latestAtMs: MINUTE_MS - 1 })])
    await finish()
    expect([expired, topics.calls]).to.deep.equal([['a'], []])
  })
})

describe('the latest time of an event that waits for its target', () => {
  it('has it expire without being published, while those behind it go out', async () => {
    const { topics, add, finish, expired, delivered } = theQueues()
    topics.slow(topicArn(), 1_000)
    const busy = Array.from({ length: 160 }, (_, i) => due(0, { id: `busy-${i}` }))
    const waiting = [
      due(0, { id: 'in time', latestAtMs: MINUTE_MS + 1_000 }),
      due(0, { id: 'late', latestAtMs: MINUTE_MS + 999 }),
    ]
    add([...busy, ...waiting])
    await finish()
    expect(expired).to.deep.equal(['late'])
    expect(topics.calls.flatMap(({ ids }) => ids))
      .to.include('in time')
      .and.not.include('late')
    expect(delivered).to.have.length(161)
  })
})

describe('a target that is behind', () => {
  const large = (afterMs: number, id: string) => due(afterMs, { id, payload: 'x'.repeat(2_000_000) })

  it('has what is beyond eight megabytes parked again at once, where nothing is deferred, and nothing before it is behind', async () => {
    const { clock, topics, add, postponed } = theQueues()
    topics.slow(topicArn(), 60_000)
    add([large(0, 'a'), large(1, 'b'), large(2, 'c'), large(3, 'd'), large(BEHIND_MS, 'e'), large(BEHIND_MS + 1, 'f')])
    await clock.advance(10_000)
    expect(postponed).to.deep.equal([{ id: 'f', atMs: MINUTE_MS + BEHIND_MS + 1 }])
  })

  it('has nothing parked again while nothing may be published, nor because it waited for that', async () => {
    let isGiven = false
    const { clock, topics, add, postponed, wake } = theQueues(() => isGiven)
    topics.slow(topicArn(), 1_000)
    add([large(0, 'a'), large(1, 'b'), large(2, 'c'), large(3, 'd'), large(10_000, 'e'), large(20_000, 'f')])
    await clock.advance(15_000)
    isGiven = true
    wake()
    await clock.advance(60_000)
    expect(postponed).to.deep.equal([])
    expect(topics.calls.flatMap(({ ids }) => ids)).to.deep.equal(['a', 'b', 'c', 'd', 'e', 'f'])
  })

  it('has everything parked again that waits when it does not answer, but for what is under way', async () => {
    const { clock, topics, add, postponed, delivered } = theQueues()
    topics.slow(topicArn(), 10_000)
    topics.fail(topicArn(), 'TARGET_UNAVAILABLE')
    add(several(16 * 10 + 25))
    await clock.advance(10_000)
    expect(postponed.map(({ atMs }) => atMs - MINUTE_MS)).to.deep.equal(Array.from({ length: 25 }, () => 10_000))
    expect(delivered).to.deep.equal([])
  })
})

describe('what a target has no room for', () => {
  const large = (afterMs: number, fields: Partial<ScheduledEvent> = {}) =>
    due(afterMs, { payload: 'x'.repeat(1_000_000), ...fields })
  const untold = { kind: 'failed', code: 'TARGET_DENIED', error: '', reason: '', sinceMs: 0 } as const

  it('is parked again as far as there is room for that, and the rest is left to the settler', async () => {
    const { clock, topics, add, postponed, letGo } = theQueues()
    topics.slow(topicArn(), 60_000)
    add([...Array.from({ length: 8 }, () => large(0)), ...[...'abcdef'].map((id) => large(BEHIND_MS + 1, { id }))])
    await clock.advance(10_000)
    expect(postponed.map(({ id }) => id)).to.deep.equal([...'abcd'])
    expect(letGo.map(({ id }) => id)).to.deep.equal([...'ef'])
  })

  for (const [how, fields, code] of [
    ['delivered', {}, undefined],
    ['given up', {}, 'TARGET_DENIED'],
    ['expired', { latestAtMs: MINUTE_MS - 1 }, undefined],
    ['told of', { untold }, undefined],
  ] as const)
    it(`is none for what was ${how}`, async () => {
      const { clock, topics, add, postponed, letGo, delivered } = theQueues()
      topics.fail(topicArn(), code)
      const payload = 'x'.repeat(250_000)
      add([...several(20, { ...fields, payload }), due(BEHIND_MS + 1, { payload })])
      await clock.advance(10_000)
      expect([postponed, letGo, delivered.length]).to.deep.equal([[], [], how === 'delivered' ? 21 : code ? 0 : 1])
    })

  it('is none for what has been parked again', async () => {
    const { clock, topics, add, postponed } = theQueues()
    topics.slow(topicArn(), 10_000)
    topics.fail(topicArn(), 'TARGET_UNAVAILABLE')
    add([
      ...several(16 * 10 + 60, { payload: 'x'.repeat(20_000) }),
      due(10_001, { id: 'new', payload: 'x'.repeat(500_000) }),
    ])
    await clock.advance(10_050)
    expect(postponed).to.have.length(60)
    expect(topics.calls.flatMap(({ ids }) => ids)).to.include('new')
  })

  it('is counted anew from when it may be published, which it then is at once', async () => {
    let isGiven = false
    const { clock, topics, add, postponed, wake } = theQueues(() => isGiven)
    topics.slow(topicArn(), 60_000)
    add([
      ...Array.from({ length: 3 }, () => due(0, { payload: 'x'.repeat(2_000_000) })),
      due(0, { payload: 'x'.repeat(1_000_000) }),
      large(15_000 + BEHIND_MS),
      large(15_001 + BEHIND_MS, { id: 'f' }),
    ])
    await clock.advance(15_000)
    isGiven = true
    wake()
    expect(topics.calls).to.have.length(4)
    await clock.advance(10_000)
    expect(postponed.map(({ id }) => id)).to.deep.equal(['f'])
  })
})

describe('what a target has no room for, where it may be deferred', () => {
  const UNTIL_MS = MINUTE_MS + 120_000
  const large = (afterMs: number, id: string) => due(afterMs, { id, payload: 'x'.repeat(250_000) })
  const MANY = 33
  const many = () => Array.from({ length: MANY }, (_, i) => large(0, `first-${i}`))
  const idsOf = (events: readonly { id: string }[]) => events.map(({ id }) => id).join('')

  /** Queues with as many events as a target may have in memory that takes the first after a minute; `more` are deferred. */
  async function behind(more: readonly ScheduledEvent[]) {
    const all = theQueues(undefined, UNTIL_MS)
    all.topics.slow(topicArn(), 60_000)
    all.add([...many(), ...more])
    await all.clock.advance(BEHIND_MS + 10)
    all.topics.slow(topicArn(), 1)
    return all
  }

  it('is given back when there is room for it, is published then, and nothing is written down of it', async () => {
    const more = [large(BEHIND_MS + 1, 'i'), large(BEHIND_MS + 2, 'j')]
    const { clock, deferred, takeDeferred, resume, delivered, postponed, letGo } = await behind(more)
    expect([idsOf(deferred), takeDeferred()]).to.deep.equal(['ij', []])
    await clock.advance(60_000)
    expect(takeDeferred()).to.deep.equal(more.map(({ key }) => key))
    resume(more)
    await clock.advance(10)
    expect([idsOf(delivered.slice(MANY)), postponed, letGo]).to.deep.equal(['ij', [], []])
  })

  it('is published after what was deferred before it, and at once when nothing is', async () => {
    const [old, late, next] = [large(BEHIND_MS + 1, 'i'), due(61_000, { id: 'j' }), due(61_001, { id: 'k' })]
    const { clock, topics, add, deferred, takeDeferred, resume } = await behind([old])
    add([late, next])
    await clock.advanceTo(MINUTE_MS + 61_000)
    expect([idsOf(deferred), takeDeferred()]).to.deep.equal(['ij', [old.key, late.key]])
    resume([old, late])
    await clock.advance(10)
    expect(topics.calls.slice(MANY).map(({ ids }) => ids)).to.deep.equal([['i', 'j'], ['k']])
  })

  it('expires when its latest time has passed meanwhile, and what nobody could be told of is told', async () => {
    const untold = { kind: 'failed', code: 'TARGET_DENIED', error: '', reason: '', sinceMs: 0 } as const
    const expiring = { ...large(BEHIND_MS + 1, 'i'), latestAtMs: MINUTE_MS + 9_000 }
    const more = [expiring, { ...large(BEHIND_MS + 1, 'j'), untold }]
    const { clock, takeDeferred, resume, expired, told, topics } = await behind(more)
    await clock.advance(60_000)
    takeDeferred()
    resume(more)
    expect([expired, told, topics.calls.length]).to.deep.equal([['i'], ['j'], MANY])
  })

  it('is parked again when its time is over, from that millisecond on, whether there is room or not', async () => {
    for (const afterMs of [-1, 0]) {
      const event = large(BEHIND_MS + 1, 'i')
      const { clock, takeDeferred, resume, delivered, postponed } = await behind([event])
      await clock.advanceTo(UNTIL_MS + afterMs)
      expect(takeDeferred()).to.deep.equal([event.key])
      resume([event])
      await clock.advance(1)
      expect([delivered.length, postponed.length]).to.deep.equal(afterMs < 0 ? [MANY + 1, 0] : [MANY, 1])
    }
  })

  it('is parked again at once from then on', async () => {
    const { clock, topics, add, deferred, postponed } = theQueues(undefined, MINUTE_MS + BEHIND_MS + 1)
    topics.slow(topicArn(), 60_000)
    add([...many(), large(BEHIND_MS + 1, 'i')])
    await clock.advance(BEHIND_MS + 2)
    expect([idsOf(deferred), idsOf(postponed)]).to.deep.equal(['', 'i'])
  })

  it('is given back no faster than it could be parked again', async () => {
    const more = Array.from({ length: 20 }, (_, i) => large(BEHIND_MS + 1, `more-${i}`))
    const { clock, takeDeferred, resume } = await behind(more)
    await clock.advanceTo(UNTIL_MS)
    const first = takeDeferred()
    resume(more.slice(0, first.length))
    expect([first.length, takeDeferred().length]).to.deep.equal([16, 0])
    await clock.advance(1)
    expect(takeDeferred()).to.have.length(4)
  })

  it('is what a silent target cannot have parked again as well, and that it is asked with, when its turn comes', async () => {
    const { clock, topics, add, deferred, postponed, letGo, takeDeferred, resume } = theQueues(undefined, UNTIL_MS)
    topics.slow(topicArn(), 10_000)
    topics.fail(topicArn(), 'TARGET_UNAVAILABLE')
    add(several(16 + 18, { payload: 'x'.repeat(250_000) }))
    await clock.advance(10_000)
    expect([postponed.length, deferred.length, letGo.length]).to.deep.equal([16, 2, 0])
    await clock.advance(1)
    expect(takeDeferred()).to.deep.equal(deferred.map(({ key }) => key))
    const asked = topics.calls.length
    resume(deferred)
    expect(topics.calls.slice(asked).flatMap(({ ids }) => ids)).to.deep.equal(deferred.map(({ id }) => id))
    expect([postponed.length, letGo.length]).to.deep.equal([16, 0])
  })

  it('is let go of when the queues are abandoned, now or later', async () => {
    const { abandon, add, resume, deferred, letGo, clock } = await behind([])
    abandon()
    const waiting = letGo.length
    add([large(BEHIND_MS + 20, 'i')])
    await clock.advance(20)
    resume([large(BEHIND_MS + 1, 'j')])
    expect([waiting, deferred.length, idsOf(letGo.slice(waiting))]).to.deep.equal([MANY - 16, 0, 'ij'])
  })
})

describe('a target that answers after three seconds', () => {
  it('is not one that does not answer: what waits stays; a millisecond later it is parked again', async () => {
    for (const [slowMs, count] of [
      [BEHIND_MS, 0],
      [BEHIND_MS + 1, 25],
    ] as const) {
      const { clock, topics, add, postponed } = theQueues()
      topics.slow(topicArn(), slowMs)
      topics.fail(topicArn(), 'TARGET_UNAVAILABLE')
      add(several(16 * 10 + 25))
      await clock.advance(slowMs)
      expect(postponed, `${slowMs} ms`).to.have.length(count)
    }
  })
})

describe('a publish that is never answered', () => {
  it('is its own events’ trouble, whose target takes others: they are tried again at once, and no other waits', async () => {
    const { clock, topics, add, postponed, delivered } = theQueues()
    const { publish } = topics
    topics.publish = async (_, events) => {
      topics.publish = publish
      await clock.sleep(10_000)
      return events.map(() => ({ ok: false, code: 'TARGET_UNAVAILABLE', error: 'no answer' }))
    }
    add([due(0, { id: 'unanswered' })])
    topics.slow(topicArn(), 20)
    // Always more under way than a silent target is asked.
    add(Array.from({ length: 15_000 }, (_, i) => due(i)))
    await clock.advance(16_000)
    expect([postponed.length, delivered.length]).to.deep.equal([0, 15_001])
    const again = delivered.find(({ id }) => id === 'unanswered')?.atMs ?? Number.POSITIVE_INFINITY
    expect(again - MINUTE_MS).to.be.within(10_000, 10_200)
  })
})

describe('queues that are abandoned', () => {
  it('let go at once of what waits, and of what comes; what is under way is delivered', async () => {
    const { clock, topics, add, abandon, letGo, delivered, told } = theQueues()
    topics.slow(topicArn(), 1_000)
    const untold = { kind: 'failed', code: 'TARGET_DENIED', error: '', reason: '', sinceMs: 0 } as const
    add([...several(16 * 10), due(0, { id: 'a' }), due(200, { id: 'b' }), due(300, { id: 'c', untold })])
    await clock.advance(100)
    abandon()
    expect(letGo).to.deep.equal([{ id: 'a', atMs: MINUTE_MS + 100 }])
    await clock.advance(2_000)
    expect(letGo.map(({ id }) => id)).to.deep.equal(['a', 'b', 'c'])
    expect([delivered.length, told]).to.deep.equal([160, []])
  })
})

describe('an event that nobody could be told of', () => {
  it('is not published, but told of', async () => {
    const { clock, topics, add, told, letGo } = theQueues()
    const untold = { kind: 'failed', code: 'TARGET_DENIED', error: '', reason: '', sinceMs: 0 } as const
    add([due(0, { id: 'a', untold })])
    await clock.advance(1_000)
    expect([topics.calls, told, letGo]).to.deep.equal([[], ['a'], []])
  })
})
