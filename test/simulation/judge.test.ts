import { expect } from 'chai'
import type { FaultName } from './faults.ts'
import { openJudge } from './judge.ts'
import type { Request } from './story.ts'
import { EVERYWHERE, LOADER, openStrikes, type Place, type Way } from './strikes.ts'

const DUE_MS = Date.parse('2026-11-23T12:34:30Z')
const SLOT = '2026-11-23T12-34Z-00'
const TARGET = 'arn:aws:sns:us-east-1:000000000000:target'

/** An attempt of the event `id`. */
function attempted(id: string, attempt = 1) {
  const key = `${String(DUE_MS).padStart(15, '0')}#${id}${attempt > 1 ? `#${attempt}` : ''}`
  return {
    slot: SLOT,
    key,
    id,
    dueAtMs: DUE_MS,
    emitAtMs: DUE_MS,
    lane: 'near' as const,
    attempt,
    target: TARGET,
    payload: id,
    date: new Date(DUE_MS).toISOString(),
  }
}

/** A judge of the events `a` and `b`, scheduled so far ahead, and a world that does things to them. */
function aJudge(aheadMs = 600_000) {
  let nowMs = DUE_MS - aheadMs
  const now = () => nowMs
  const strikes = openStrikes(now)
  const judge = openJudge(now, strikes)
  const asks = (id: string, messageId: string, request: Request) => judge.requested(id, messageId, request)
  const schedules = (id: string) => asks(id, `schedule ${id}`, { action: 'schedule', dueAtMs: DUE_MS, content: id })
  for (const id of ['a', 'b']) schedules(id)
  const at = (lateMs: number) => {
    nowMs = DUE_MS + lateMs
  }
  const tries = (lateMs: number, id: string, attempt = 1) => {
    at(lateMs)
    judge.publishStarted(attempted(id, attempt), nowMs)
    judge.publishEnded(attempted(id, attempt))
  }
  return {
    judge,
    at,
    asks,
    schedules,
    /** Instants are ms after due. */
    tries,
    delivers(lateMs: number, id: string, attempt = 1) {
      tries(lateMs, id, attempt)
      judge.published(attempted(id, attempt))
    },
    records(lateMs: number, id: string) {
      at(lateMs)
      judge.recorded(SLOT, [attempted(id).key])
    },
    strikes(lateMs: number, fault: FaultName, way: Way, lengthMs = 0) {
      at(lateMs)
      strikes.add(fault, way, lengthMs)
    },
    told(code: string, message_id: string) {
      judge.notified({ code, id: 'a', message_id, event: {} })
    },
    violation: () => judge.violation()?.message,
    excused: (fault: FaultName) => judge.account().excused.get(fault),
  }
}

const ALONE: Place = { slot: SLOT, key: attempted('a').key }
const ITS_SLOT: Way = [{ slot: SLOT }]
const OF_OTHERS: Record<string, Way> = {
  'the messages of another event': [{ id: 'b' }],
  'another attempt': [{ slot: SLOT, key: attempted('b').key }],
  'another slot': [{ slot: '2026-11-23T12-34Z-01' }],
  'another segment of its slot': [{ slot: SLOT, from: attempted('b').key, to: '~' }],
  'another target': [{ target: `${TARGET}-2` }],
}

describe('the judge of an ending', () => {
  /** Closes the story of `a`, whose client has asked for a cancel of which something may be told. */
  const closed = (answer?: string, happens = (_: ReturnType<typeof aJudge>) => {}) => {
    const world = aJudge()
    world.at(-1_000)
    world.asks('a', 'cancel', { action: 'cancel', dueAtMs: DUE_MS })
    if (answer) world.told(answer, 'cancel')
    happens(world)
    world.delivers(0, 'b')
    world.at(60_000)
    world.judge.close(DUE_MS + 1)
    return { ...world.judge.account(), violation: world.violation() }
  }

  it('counts an event as cancelled whose cancel was taken', () => {
    expect(closed()).to.include({ accepted: 2, cancelled: 1, changed: 1, violation: undefined })
  })

  it('calls an event lost whose cancel was refused, and which then does not go out', () => {
    expect(closed('TOO_LATE').violation).to.match(/^LOST: a/)
  })

  it('counts an event as cancelled whose cancel came before it, which stands', () => {
    expect(closed('EVENT_NOT_FOUND')).to.include({ cancelled: 1, violation: undefined })
  })

  it('counts an event as cancelled when a second cancel is taken after a first was refused', () => {
    const again = closed('TOO_LATE', ({ asks }) => asks('a', 'again', { action: 'cancel', dueAtMs: DUE_MS }))
    expect(again).to.include({ cancelled: 1, violation: undefined })
  })

  it('calls a cancel broken that nobody refused, and whose event goes out, and tells the whole story', () => {
    const { violation } = closed(undefined, ({ delivers }) => delivers(0, 'a'))
    expect(violation).to.match(/^NOT CANCELLED: a/)
    expect(violation).to.match(/schedule .* as a was published .*\n.*cancel .*told was nothing.*\n.*delivered .* as a/)
  })

  it('calls none broken whose event went out, and whose emitter crashed before it wrote that down', () => {
    for (const [crashedMs, violation] of [
      [1_500, undefined],
      [1_501, /^NOT CANCELLED: a/],
    ] as const) {
      const { violation: found } = closed(undefined, ({ delivers, strikes }) => {
        delivers(0, 'a')
        strikes(crashedMs, 'crash', ITS_SLOT)
      })
      if (violation) expect(found).to.match(violation)
      else expect(found).to.equal(undefined)
    }
  })

  it('knows so also of one whose client asked for something that was due long after that', () => {
    const world = aJudge()
    world.at(-1_000)
    world.asks('a', 'other', { action: 'schedule', dueAtMs: DUE_MS + 600_000, content: 'other' })
    for (const dueAtMs of [DUE_MS, DUE_MS + 600_000])
      world.asks('a', `cancel ${dueAtMs}`, { action: 'cancel', dueAtMs })
    for (const id of ['a', 'b']) world.delivers(0, id)
    world.strikes(0, 'crash', ITS_SLOT)
    world.at(300_000)
    world.judge.close(DUE_MS + 1_000)
    world.judge.close(DUE_MS + 600_001)
    expect(world.violation()).to.equal(undefined)
  })

  it('counts an event as refused if everybody who asked for it was, and never as accepted', () => {
    const world = aJudge()
    world.asks('a', 'other', { action: 'schedule', dueAtMs: DUE_MS + 1, content: 'other' })
    world.told('EVENT_ENDED', 'other')
    for (const id of ['a', 'b']) world.delivers(0, id)
    world.judge.close(DUE_MS + 2)
    expect(world.judge.account()).to.include({ accepted: 2, delivered: 2, refused: 1 })
  })

  it('leaves a story open until all that it asks for must have ended', () => {
    const world = aJudge()
    world.asks('a', 'move', { action: 'reschedule', dueAtMs: DUE_MS, toMs: DUE_MS + 60_000 })
    world.delivers(0, 'b')
    expect(world.judge.close(DUE_MS + 1).map(({ id }) => id)).to.deep.equal(['b'])
    world.judge.close(DUE_MS + 60_001)
    expect(world.violation()).to.match(/^LOST: a, due 2026-11-23T12:35:30/)
  })

  describe('of an event whose failure topic refuses to be told that it has failed', () => {
    const failed = (code = 'TARGET_NOT_FOUND') => ({
      code,
      id: 'a',
      event: { date: attempted('a').date, payload: 'a' },
    })
    const untold = (code?: string) => {
      const world = aJudge()
      world.delivers(0, 'b')
      world.at(60_000)
      world.judge.notTaken(failed(code))
      return { ...world, closed: (lateMs: number) => world.judge.close(DUE_MS + lateMs).map(({ id }) => id) }
    }

    it('waits for as long as the topic refuses, and counts it as failed once that is told', () => {
      const { judge, closed, violation } = untold()
      expect(closed(60_000)).to.deep.equal(['b'])
      judge.notified(failed())
      expect(closed(60_000)).to.deep.equal(['a'])
      expect(judge.account()).to.include({ failed: 1 })
      expect(violation()).to.equal(undefined)
    })

    it('waits also where the topic took a notice whose answer was lost, and has refused the next', () => {
      const { judge, at, closed } = untold()
      judge.notified(failed())
      at(70_000)
      judge.notTaken(failed())
      expect(closed(70_000)).to.deep.equal(['b'])
    })

    it('calls it lost when nothing is seen of it after that', () => {
      const { closed, violation } = untold()
      closed(60_001)
      expect(violation()).to.match(/^LOST: a/)
    })

    it('waits for none whose client is to be told that a request was refused', () => {
      expect(untold('EVENT_EXISTS').closed(60_000)).to.deep.equal(['a', 'b'])
    })
  })

  it('calls an event lost of which nothing was seen', () => {
    const { judge, violation } = aJudge()
    judge.close(DUE_MS + 1)
    expect(violation()).to.match(/^LOST: a/)
  })
})

describe('the judge of a double', () => {
  /** The event goes out, something strikes, and it goes out again ten seconds later. */
  const doubledAfter = (strike: (world: ReturnType<typeof aJudge>) => void) => {
    const world = aJudge()
    world.delivers(0, 'a')
    strike(world)
    world.delivers(10_000, 'a')
    return world
  }

  it('excuses none that nothing has struck', () => {
    expect(doubledAfter(() => {}).violation()).to.match(/^DOUBLED: a .* Struck by nothing/)
  })

  for (const [name, way] of Object.entries<Way>({ slot: ITS_SLOT, attempt: [ALONE], 'whole Region': EVERYWHERE }))
    it(`excuses one after a crash that struck its ${name}`, () => {
      const { violation, excused } = doubledAfter(({ strikes }) => strikes(500, 'crash', way))
      expect(violation()).to.equal(undefined)
      expect(excused('crash')).to.include({ strikes: 1, doubled: 1 })
    })

  for (const [name, way] of Object.entries<Way>({
    ...OF_OTHERS,
    'its own message': [{ id: 'a' }],
    'the loader': LOADER,
  }))
    it(`excuses none after a crash that struck ${name}`, () => {
      expect(doubledAfter(({ strikes }) => strikes(500, 'crash', way)).violation()).to.match(/^DOUBLED: a/)
    })

  it('excuses none for a fault that doubles nothing', () => {
    expect(doubledAfter(({ strikes }) => strikes(500, 'throttle', ITS_SLOT)).violation()).to.match(/^DOUBLED: a/)
  })

  it('excuses none after a crash before the first delivery', () => {
    const world = aJudge()
    world.strikes(-500, 'crash', ITS_SLOT)
    world.delivers(0, 'a')
    world.delivers(10_000, 'a')
    expect(world.violation()).to.match(/^DOUBLED: a/)
  })

  it('excuses none that a checkpoint names from before the crash', () => {
    const { violation } = doubledAfter(({ records, strikes }) => {
      records(400, 'a')
      strikes(500, 'crash', ITS_SLOT)
    })
    expect(violation()).to.match(/^DOUBLED: a/)
  })

  it('excuses none that should have been in a checkpoint when the crash came', () => {
    expect(doubledAfter(({ strikes }) => strikes(1_501, 'crash', ITS_SLOT)).violation()).to.match(/^DOUBLED: a/)
  })

  it('excuses one whose checkpoint was held up when the crash came', () => {
    const { violation } = doubledAfter(({ strikes }) => {
      strikes(1_000, 'slowFacts', ITS_SLOT, 20_000)
      strikes(9_000, 'crash', ITS_SLOT)
    })
    expect(violation()).to.equal(undefined)
  })

  it('excuses none for an emitter that was given up and runs on: it notices, and is waited for', () => {
    expect(doubledAfter(({ strikes }) => strikes(500, 'zombie', ITS_SLOT)).violation()).to.match(/^DOUBLED: a/)
  })

  it('excuses one for an emitter that was given up and runs on, if its publish took longer than whoever took over waited', () => {
    for (const [tookMs, violation] of [
      [1_500, /^DOUBLED: a/],
      [1_501, undefined],
    ] as const) {
      const world = aJudge()
      world.strikes(-500, 'zombie', ITS_SLOT)
      world.at(0)
      world.judge.publishStarted(attempted('a'), DUE_MS)
      world.at(tookMs)
      world.judge.published(attempted('a'))
      world.judge.publishEnded(attempted('a'))
      world.delivers(4_000, 'a')
      if (violation) expect(world.violation()).to.match(violation)
      else expect(world.violation()).to.equal(undefined)
    }
  })

  it('excuses what an emitter had published, and not recorded, when it stood still', () => {
    expect(doubledAfter(({ strikes }) => strikes(500, 'frozen', ITS_SLOT)).violation()).to.equal(undefined)
    expect(doubledAfter(({ strikes }) => strikes(1_501, 'frozen', ITS_SLOT)).violation()).to.match(/^DOUBLED: a/)
  })

  it('excuses what had been published at last, and not recorded, when an emitter stood still, however long that had taken', () => {
    const world = aJudge()
    world.strikes(0, 'troubledTargets', ITS_SLOT)
    world.judge.publishStarted(attempted('a'), DUE_MS)
    world.at(2_400)
    world.judge.published(attempted('a'))
    world.judge.publishEnded(attempted('a'))
    world.strikes(2_500, 'frozen', ITS_SLOT)
    world.delivers(10_000, 'a')
    expect(world.violation()).to.equal(undefined)
  })

  it('excuses none that fell due after an emitter stood still, and that it publishes when it goes on', () => {
    const world = aJudge()
    world.strikes(-1, 'frozen', ITS_SLOT)
    world.delivers(0, 'a')
    world.delivers(10_000, 'a')
    expect(world.violation()).to.match(/^DOUBLED: a/)
  })

  it('excuses the events of one batch after a publish whose answer was lost, and no more', () => {
    const world = aJudge()
    const ids = Array.from({ length: 11 }, (_, i) => `c${i}`)
    for (const id of ids) world.schedules(id)
    for (const id of ids) world.delivers(0, id)
    world.strikes(0, 'lostPublish', ITS_SLOT)
    for (const id of ids.slice(0, 10)) world.delivers(1_000, id)
    expect(world.violation()).to.equal(undefined)
    world.delivers(1_000, 'c10')
    expect(world.violation()).to.match(/^DOUBLED: c10 .* may double 10 events/)
  })
})

describe('the judge of lateness', () => {
  it('counts from when an event was asked for again, once its end had been asked for, and from no repetition', () => {
    for (const [change, violation] of [
      ['cancel', undefined],
      ['repeat', /^LATE: a/],
    ] as const) {
      const world = aJudge()
      const again: Request = { action: 'schedule', dueAtMs: DUE_MS, content: 'a' }
      world.at(-5_000)
      world.asks('a', change, change === 'cancel' ? { action: 'cancel', dueAtMs: DUE_MS } : again)
      world.at(60_000)
      world.asks('a', 'again', again)
      world.delivers(61_000, 'a')
      if (violation) expect(world.violation()).to.match(violation)
      else expect(world.violation()).to.equal(undefined)
    }
  })

  it('lets an event wait for proof that the one in whose place it comes has not gone out, for as long as a message takes that comes back', () => {
    const movedAfter = (cancelledMs: number) => {
      const world = aJudge()
      const toMs = DUE_MS + 10_000
      world.judge.parked(attempted('a'))
      world.at(-4_000)
      world.asks('a', 'move', { action: 'reschedule', dueAtMs: DUE_MS, toMs })
      world.at(cancelledMs)
      world.judge.cancelWritten(attempted('a'))
      world.at(200_000)
      const moved = { ...attempted('a'), key: 'moved', dueAtMs: toMs, emitAtMs: toMs }
      world.judge.publishStarted(moved, toMs)
      world.judge.published(moved)
      return world.violation()
    }
    expect(movedAfter(-2_000)).to.equal(undefined)
    expect(movedAfter(-7_000)).to.match(/^LATE: a/)
  })

  it('lets it wait also where it stays, because it cannot come there', () => {
    const staysAfter = (toMs: number) => {
      const world = aJudge()
      const beforeMs = DUE_MS - 60_000
      const key = `${String(beforeMs).padStart(15, '0')}#a`
      const before = { ...attempted('a'), key, dueAtMs: beforeMs, emitAtMs: beforeMs }
      world.asks('a', 'before', { action: 'schedule', dueAtMs: beforeMs, content: 'a' })
      world.asks('a', 'away', { action: 'reschedule', dueAtMs: beforeMs, toMs: DUE_MS })
      world.at(-70_000)
      world.judge.cancelWritten(before)
      world.judge.parked(before)
      world.judge.parked(attempted('a'))
      world.at(-20_000)
      world.asks('a', 'move', { action: 'reschedule', dueAtMs: DUE_MS, toMs })
      world.at(200_000)
      world.told('EVENT_EXISTS', 'move')
      world.delivers(200_001, 'a')
      return world.violation()
    }
    expect(staysAfter(DUE_MS - 60_000)).to.equal(undefined)
    expect(staysAfter(DUE_MS + 60_000)).to.match(/^LATE: a/)
  })

  it('excuses one that stays by what struck the message that was to move it away, if that came before it was due', () => {
    const staysAfter = (movedMs: number) => {
      const world = aJudge()
      world.judge.parked(attempted('a'))
      world.at(movedMs)
      world.asks('a', 'move', { action: 'reschedule', dueAtMs: DUE_MS, toMs: DUE_MS - 60_000 })
      world.strikes(movedMs + 1, 'throttle', [{ id: 'a' }], 180_000)
      world.at(200_000)
      world.told('EVENT_ENDED', 'move')
      world.delivers(200_001, 'a')
      return world.violation()
    }
    expect(staysAfter(-1)).to.equal(undefined)
    expect(staysAfter(0)).to.match(/^LATE: a/)
  })

  it('lets it wait also where the other was cancelled as it was parked, and before that was seen', () => {
    const againAfter = (cancelledMs: number) => {
      const world = aJudge()
      world.at(cancelledMs)
      world.asks('a', 'cancel', { action: 'cancel', dueAtMs: DUE_MS })
      world.judge.cancelWritten(attempted('a'))
      world.at(cancelledMs + 10)
      world.judge.parked(attempted('a'))
      world.schedules('a')
      world.delivers(300_000, 'a', 2)
      return world.violation()
    }
    expect(againAfter(-2_000)).to.equal(undefined)
    expect(againAfter(-40_000)).to.match(/^LATE: a/)
  })

  it('has an event that nothing has struck go out within a quarter of a second', () => {
    const world = aJudge()
    world.delivers(250, 'a')
    expect(world.violation()).to.equal(undefined)
    world.delivers(251, 'b')
    expect(world.violation()).to.match(/^LATE: b was delivered 251 ms after due, 1 ms later than is explained/)
  })

  it('has no publish begin after the latest time of its event, and lets one that has begun take its time', () => {
    const aPublish = (beganMs: number, tookMs: number) => {
      const world = aJudge()
      world.asks('c', 'schedule c', {
        action: 'schedule',
        dueAtMs: DUE_MS,
        content: 'c',
        latestAtMs: DUE_MS + 1_000,
      })
      world.strikes(0, 'regionPause', ITS_SLOT, beganMs + tookMs)
      world.judge.publishStarted(attempted('c'), DUE_MS + beganMs)
      world.at(beganMs + tookMs)
      world.judge.published(attempted('c'))
      return world.violation()
    }
    expect(aPublish(200, 200_000)).to.equal(undefined)
    expect(aPublish(1_000, 200)).to.equal(undefined)
    expect(aPublish(1_001, 200)).to.match(/^EXPIRED EVENT: c was published 1 ms after its latest/)
  })

  it('has an event that was due when it was asked for go out within a little more than three seconds', () => {
    const world = aJudge(0)
    world.delivers(3_250, 'a')
    expect(world.violation()).to.equal(undefined)
    world.delivers(3_251, 'b')
    expect(world.violation()).to.match(/^LATE: b/)
  })

  it('excuses one for as long as the fault lasts and may take after it, and no longer', () => {
    const world = aJudge()
    world.strikes(-5_000, 'lateWake', ITS_SLOT, 4_000)
    world.delivers(-1_000 + 6_250, 'a')
    expect(world.violation()).to.equal(undefined)
    expect(world.excused('lateWake')).to.deep.equal({ strikes: 1, doubled: 0, late: 1, worstMs: 5_250 })
    world.delivers(-1_000 + 6_251, 'b')
    expect(world.violation()).to.match(/^LATE: b .* Struck by lateWake/)
  })

  for (const [name, way] of Object.entries(OF_OTHERS))
    it(`excuses none for what struck ${name}`, () => {
      const world = aJudge()
      world.strikes(-5_000, 'throttle', way)
      world.delivers(251, 'a')
      expect(world.violation()).to.match(/^LATE: a/)
    })

  it('excuses none for a strike after the event should have gone out', () => {
    const world = aJudge()
    world.strikes(251, 'throttle', ITS_SLOT)
    world.delivers(252, 'a')
    expect(world.violation()).to.match(/^LATE: a/)
  })

  it('excuses none for a strike that was over long before the event was due', () => {
    const world = aJudge()
    world.strikes(-300_000, 'throttle', ITS_SLOT)
    world.delivers(251, 'a')
    expect(world.violation()).to.match(/^LATE: a/)
  })

  it('excuses one whose message came late, and not its neighbour', () => {
    const world = aJudge(10_000)
    world.strikes(-9_990, 'reordering', [{ id: 'a' }], 30_000)
    world.delivers(21_000, 'a')
    expect(world.violation()).to.equal(undefined)
    world.delivers(21_000, 'b')
    expect(world.violation()).to.match(/^LATE: b/)
  })

  it('excuses one that was written so slowly that its minute was over, for as long as its settler takes', () => {
    const world = aJudge(10_000)
    world.strikes(-8_000, 'slowPark', [{ id: 'a' }], 23_000)
    world.strikes(-8_000, 'slowPark', [{ id: 'b' }], 13_000)
    world.delivers(130_250, 'a')
    expect(world.violation()).to.equal(undefined)
    world.delivers(20_251, 'b')
    expect(world.violation()).to.match(/^LATE: b/)
  })

  it('excuses one that was written so slowly that its segment was over, for as long as its settler takes', () => {
    const cut = [
      { index: 0, from: '', to: `00${DUE_MS + 5_000}#`, startMs: DUE_MS - 30_000, untilMs: DUE_MS + 5_000 },
      { index: 1, from: `00${DUE_MS + 5_000}#`, to: '~', startMs: DUE_MS + 5_000, untilMs: DUE_MS + 30_000 },
    ]
    for (const segments of [cut, cut.slice(1)]) {
      const world = aJudge(10_000)
      world.judge.planned(SLOT, segments)
      world.strikes(-8_000, 'slowPark', [{ id: 'a' }], 13_000)
      world.delivers(120_250, 'a')
      if (segments === cut) expect(world.violation()).to.equal(undefined)
      else expect(world.violation()).to.match(/^LATE: a/)
    }
  })

  it('excuses one that something has left to a settler which cannot read all of its slot, until that looks again, and no neighbour', () => {
    const world = aJudge()
    world.strikes(-1_000, 'unreadable', [{ settlerOf: SLOT }], 3_600_000)
    world.strikes(-900, 'throttle', [ALONE])
    world.delivers(99_350 + 850_000, 'a')
    expect(world.violation()).to.equal(undefined)
    world.delivers(251, 'b')
    expect(world.violation()).to.match(/^LATE: b/)
    const later = aJudge()
    later.strikes(-1_000, 'unreadable', [{ settlerOf: SLOT }], 3_600_000)
    later.strikes(-900, 'throttle', [ALONE])
    later.delivers(99_351 + 850_000, 'a')
    expect(later.violation()).to.match(/^LATE: a/)
  })

  it('excuses none for what struck its message long before it was due', () => {
    const world = aJudge()
    world.strikes(-599_990, 'crash', [{ id: 'a' }])
    world.delivers(251, 'a')
    expect(world.violation()).to.match(/^LATE: a/)
  })

  it('adds what strikes while the event makes up for what struck it before', () => {
    const world = aJudge()
    world.strikes(-1_000, 'crash', ITS_SLOT)
    world.strikes(90_000, 'crash', ITS_SLOT)
    world.delivers(190_250, 'a')
    expect(world.violation()).to.equal(undefined)
    world.delivers(190_251, 'b')
    expect(world.violation()).to.match(/^LATE: b/)
  })

  it('excuses all while the loader is gone, and until it is back', () => {
    const world = aJudge()
    world.strikes(-300_000, 'lateTick', LOADER, 3_600_000)
    world.delivers(3_420_250, 'a')
    expect(world.violation()).to.equal(undefined)
    world.delivers(3_420_251, 'b')
    expect(world.violation()).to.match(/^LATE: b/)
  })

  it('holds a second attempt to its schedule, after a first one that its target refused four times', () => {
    const world = aJudge()
    world.strikes(-1_000, 'troubledTargets', [{ target: TARGET }], 60_000)
    for (const lateMs of [0, 100, 500, 2_100]) world.tries(lateMs, 'a')
    for (const lateMs of [0, 100, 500, 2_100]) world.tries(lateMs, 'b')
    for (const lateMs of [39_600, 39_700, 40_200, 42_000]) world.tries(lateMs, 'a', 2)
    for (const lateMs of [39_600, 39_700, 40_200, 42_000]) world.tries(lateMs, 'b', 2)
    world.delivers(42_000 + 77_500, 'a', 3)
    expect(world.violation()).to.equal(undefined)
    world.delivers(42_000 + 77_501, 'b', 3)
    expect(world.violation()).to.match(/^LATE: b/)
  })

  it('excuses none for tries that nothing made fail', () => {
    const world = aJudge()
    for (const lateMs of [0, 100, 500, 2_100]) world.tries(lateMs, 'a')
    world.delivers(30_000, 'a', 2)
    expect(world.violation()).to.match(/^LATE: a/)
  })
})

describe('what struck', () => {
  it('is forgotten once it is long over', () => {
    let nowMs = 0
    const strikes = openStrikes(() => nowMs)
    strikes.add('throttle', ITS_SLOT, 1_000)
    strikes.add('skew', EVERYWHERE, Number.POSITIVE_INFINITY)
    nowMs = 2_000
    strikes.add('crash', ITS_SLOT)
    strikes.forget(1_001)
    expect(strikes.onSlot(SLOT).map(({ fault }) => fault)).to.deep.equal(['skew', 'crash'])
    expect(strikes.counts().get('throttle')).to.equal(1)
  })

  it('is one strike as long as it goes on, and one more after a pause, or elsewhere, or of a kind that doubles', () => {
    let nowMs = 0
    const strikes = openStrikes(() => nowMs)
    const struck = (atMs: number, fault: FaultName, way: Way) => {
      nowMs = atMs
      strikes.add(fault, way, 1_000)
    }
    const [half]: Way = [{ slot: SLOT, from: '', to: 'm' }]
    for (const atMs of [0, 400, 1_400]) struck(atMs, 'hotPartition', ITS_SLOT)
    struck(1_500, 'hotPartition', [half as Place])
    struck(3_000, 'hotPartition', [half as Place])
    for (const atMs of [3_100, 3_200]) struck(atMs, 'slowFacts', ITS_SLOT)
    expect(strikes.onSlot(SLOT).map(({ fault, fromMs, untilMs }) => [fault, fromMs, untilMs])).to.deep.equal([
      ['hotPartition', 0, 2_400],
      ['hotPartition', 1_500, 2_500],
      ['hotPartition', 3_000, 4_000],
      ['slowFacts', 3_100, 4_100],
      ['slowFacts', 3_200, 4_200],
    ])
    expect(strikes.counts().get('hotPartition')).to.equal(5)
  })

  it('has hold of a message that failed until it comes back, and not of its neighbours', () => {
    let nowMs = 0
    const strikes = openStrikes(() => nowMs)
    const way = (id: string): Way => [{ id }]
    strikes.add('crash', way('a'))
    nowMs = 1_000
    strikes.add('throttle', [...way('a'), ...way('b')])
    nowMs = 1_500
    strikes.prolong(way('a'), 1_000, 180_000)
    const heldUntil = (id: string) => strikes.onTheWayIn(id).map(({ untilMs }) => untilMs)
    expect(heldUntil('a')).to.deep.equal([0, 181_500])
    expect(heldUntil('b')).to.deep.equal([1_000])
  })
})
