import { expect } from 'chai'
import { aStory, type Request, type Story, statusesAt } from './story.ts'
import { historyOf, verdictOf } from './story-verdict.ts'

const D = Date.parse('2026-11-23T12:00:00.000Z')
const E = D + 60_000
const iso = (atMs: number) => new Date(atMs).toISOString()

/** A story in which things happen at so many ms before `D`; of a request its client may be told something half a second later. */
function tell(...happenings: ((story: Story) => void)[]): Story {
  const story = aStory('a')
  for (const happen of happenings) happen(story)
  return story
}
const asks =
  (aheadMs: number, request: Request, ...codes: string[]) =>
  (story: Story) => {
    const atMs = D - aheadMs
    const told = codes.map((code) => ({
      code,
      error: code === 'TOO_LATE' ? `Event a for ${iso(D)} is` : '',
      atMs: atMs + 500,
    }))
    story.asked.push({ messageId: `m${story.asked.length}`, atMs, request, receives: 1, told })
  }
const schedules = (aheadMs: number, content = 'first', dueAtMs = D, ...codes: string[]) =>
  asks(aheadMs, { action: 'schedule', dueAtMs, content }, ...codes)
const replaces = (aheadMs: number, content: string, dueAtMs = E, ...codes: string[]) =>
  asks(aheadMs, { action: 'schedule', dueAtMs, content, replace: true }, ...codes)
const cancels = (aheadMs: number, ...codes: string[]) => asks(aheadMs, { action: 'cancel', dueAtMs: D }, ...codes)
const cancelsAll = (aheadMs: number, ...codes: string[]) => asks(aheadMs, { action: 'cancel' }, ...codes)
const moves = (aheadMs: number, toMs = E, ...codes: string[]) =>
  asks(aheadMs, { action: 'reschedule', dueAtMs: D, toMs }, ...codes)
const movesOnly = (aheadMs: number, toMs = E, ...codes: string[]) =>
  asks(aheadMs, { action: 'reschedule', toMs }, ...codes)
/** Told with the last answer: an express delivery has the event. */
const isBeingDelivered = (story: Story) => {
  for (const one of story.asked.at(-1)?.told ?? []) one.error = 'The event is being delivered: …'
}
const movesBack = (aheadMs: number) => asks(aheadMs, { action: 'reschedule', dueAtMs: E, toMs: D })
const parks =
  (aheadMs: number, dueAtMs = D) =>
  (story: Story) =>
    story.parked.set(dueAtMs, D - aheadMs)
const parksAs = (aheadMs: number, content: string) => (story: Story) =>
  story.parkedAs.set(`${D} ${content}`, D - aheadMs)
const delivers =
  (content = 'first', dueAtMs = D, atMs = dueAtMs) =>
  (story: Story) =>
    story.delivered.push({ dueAtMs, content, atMs })
const fails = (aheadMs: number) => (story: Story) =>
  story.ended.push({ dueAtMs: D, atMs: D - aheadMs, code: 'TARGET_NOT_FOUND', content: 'first' })

const GOOD: Record<string, Story> = {
  'an event that is delivered': tell(schedules(60_000), delivers()),
  'one that is asked for again, and delivered once': tell(
    schedules(60_000),
    schedules(50_000),
    delivers(),
    schedules(-9_000),
  ),
  'one that fails, and is told so': tell(schedules(60_000), fails(-10)),
  'one that is published again after it failed': tell(
    schedules(60_000),
    fails(-10),
    schedules(-9_000),
    delivers('first', D, D + 9_100),
  ),
  'one that is cancelled': tell(schedules(60_000), cancels(9_000)),
  'one that is cancelled, and scheduled again': tell(
    schedules(60_000),
    cancels(9_000),
    schedules(8_000, 'next'),
    delivers('next'),
  ),
  'one that went out long before its date by a clock that is wrong, and is cancelled then': tell(
    schedules(60_000),
    delivers('first', D, D - 20_000),
    cancels(9_000, 'TOO_LATE'),
  ),
  'one whose cancel came too late': tell(schedules(60_000), cancels(3_000, 'TOO_LATE'), delivers()),
  'one whose cancel came before it': tell(schedules(60_000), cancels(59_990, 'EVENT_NOT_FOUND')),
  'one in whose place another stands': tell(
    schedules(60_000),
    schedules(50_000, 'next', D, 'EVENT_EXISTS'),
    delivers(),
  ),
  'one that is moved': tell(schedules(60_000), moves(9_000), delivers('first', E)),
  'one that is moved by its id': tell(schedules(60_000), parks(59_900), movesOnly(9_000), delivers('first', E)),
  'one that is moved, and another at its old date': tell(
    schedules(60_000),
    moves(9_000),
    schedules(8_000, 'next'),
    delivers('next'),
    delivers('first', E),
  ),
  'one that arrives after its move was told that there is none, and stays': tell(
    schedules(60_000),
    moves(59_000, E, 'EVENT_NOT_FOUND'),
    parks(50_000),
    delivers(),
  ),
  'one that is scheduled again, and arrives when another has been moved by its id': tell(
    schedules(60_000, 'zero'),
    parks(59_900),
    cancelsAll(50_000),
    schedules(40_000),
    parksAs(20_000, 'first'),
    asks(30_000, { action: 'reschedule', toMs: E, content: 'moved' }),
    delivers(),
    delivers('moved', E),
  ),
  'one whose cancel came too late, and which its client asked for again before it was told': tell(
    schedules(60_000),
    cancels(70),
    delivers('first', D, D - 40),
    schedules(35),
  ),
  'one whose cancel came too late, and which its client asked for again after its date, before it was told': tell(
    schedules(60_000),
    cancels(70),
    delivers('first', D, D + 10),
    schedules(-35),
  ),
  'one whose cancel could not be written, and which its client asked for again before it was due, though its emitter, whose clock is ahead, had published it':
    tell(schedules(60_000), cancels(5_000), delivers('first', D, D - 150), schedules(47)),
  'one that arrives while its client is being told that there is none': tell(
    schedules(60_000),
    cancels(9_000, 'EVENT_NOT_FOUND'),
    parks(8_600),
  ),
  'one that is replaced': tell(schedules(60_000), replaces(9_000, 'next'), delivers('next', E)),
  'one that goes out beside what replaces it': tell(
    schedules(60_000),
    replaces(3_000, 'next', E, 'TOO_LATE'),
    delivers(),
    delivers('next', E),
  ),
  'one that goes out all the same, of two that were to replace it the last one is told so': tell(
    schedules(2_200),
    replaces(2_190, 'next', D),
    replaces(2_150, 'last', D, 'EVENT_EXISTS'),
    delivers(),
  ),
  'two that are cancelled together': tell(schedules(60_000), schedules(50_000, 'next', E), cancelsAll(9_000)),
  'one that goes out by one clock before it is moved by its id, and by another after that': tell(
    schedules(60_000),
    parks(59_900),
    movesOnly(-88),
    cancelsAll(-136, 'EVENT_ENDED'),
    delivers('first', D, D + 191),
  ),
  'one that failed, is asked for again, and moved by its id alone': tell(
    schedules(60_000),
    fails(-10),
    schedules(-9_000, 'second'),
    movesOnly(-9_040),
    delivers('second', E),
  ),
  'one that was taken up at once, though its cancel was published in time': tell(
    schedules(7_000),
    cancels(6_900, 'TOO_LATE'),
    isBeingDelivered,
    delivers(),
  ),
  'a cancel of what was delivered': tell(schedules(60_000), delivers(), cancels(-9_000, 'TOO_LATE')),
}

const BAD: [string, RegExp, Story][] = [
  ['an event that is neither delivered nor told of', /^LOST: a, due 2026-11-23T12:00:00/, tell(schedules(60_000))],
  ['one whose refused cancel stops it', /^LOST/, tell(schedules(60_000), cancels(3_000, 'TOO_LATE'))],
  [
    'one that is scheduled again after a cancel, and dropped',
    /^LOST/,
    tell(schedules(60_000), cancels(9_000), schedules(8_000)),
  ],
  [
    'one that is published again after it failed, and dropped',
    /^LOST/,
    tell(schedules(60_000), fails(-10), schedules(-9_000)),
  ],
  ['one that is moved, and gone', /^LOST: a, due 2026-11-23T12:01:00/, tell(schedules(60_000), moves(9_000))],
  [
    'one that is gone after its move was refused',
    /^LOST: a, due 2026-11-23T12:00:00/,
    tell(schedules(60_000), moves(9_000, E, 'EVENT_EXISTS'), schedules(8_000, 'next', E), delivers('next', E)),
  ],
  [
    'one whose move was told that there is none, and is gone, though it was there',
    /^LOST: a, due 2026-11-23T12:00:00/,
    tell(schedules(60_000), parks(59_900), moves(9_000, E, 'EVENT_NOT_FOUND')),
  ],
  [
    'one whose move was told that there is none, and is moved, though it was there',
    /^REFUSED EVENT/,
    tell(schedules(60_000), parks(59_900), moves(9_000, E, 'EVENT_NOT_FOUND'), delivers('first', E)),
  ],
  [
    'one refused because another was being moved away, which goes out',
    /^REFUSED EVENT/,
    tell(
      schedules(60_000),
      replaces(50_000, 'second', D, 'EVENT_ENDED'),
      moves(49_000, E, 'EVENT_EXISTS'),
      schedules(48_000, 'other', E),
      delivers('second'),
      delivers('other', E),
    ),
  ],
  [
    'the later of two that replace each other, dropped',
    /^LOST: .* as last/,
    tell(replaces(60_000, 'first', D), replaces(50_000, 'last')),
  ],
  [
    'one that goes out though its cancel was taken',
    /^NOT CANCELLED/,
    tell(schedules(60_000), cancels(9_000), delivers()),
  ],
  [
    'one that goes out though its cancel, which came before it, stays',
    /^NOT CANCELLED/,
    tell(schedules(60_000), cancels(59_990, 'EVENT_NOT_FOUND'), delivers()),
  ],
  [
    'one that goes out though all of its id was cancelled',
    /^NOT CANCELLED/,
    tell(schedules(60_000), cancelsAll(9_000), delivers()),
  ],
  [
    'one that goes out at the date from which it was moved',
    /^NOT MOVED/,
    tell(schedules(60_000), moves(9_000), delivers(), delivers('first', E)),
  ],
  [
    'one that goes out well after it was moved by its id',
    /^NOT MOVED/,
    tell(schedules(60_000), parks(59_900), movesOnly(9_000), delivers(), delivers('first', E)),
  ],
  [
    'one that goes out beside what replaces it, and nobody says so',
    /^NOT REPLACED/,
    tell(schedules(60_000), replaces(9_000, 'next'), delivers(), delivers('next', E)),
  ],
  [
    'one that goes out all the same, and nobody says so who was to replace it at its date',
    /^NOT REPLACED/,
    tell(schedules(60_000), replaces(9_000, 'next', D), replaces(8_000, 'last', E, 'EVENT_EXISTS'), delivers()),
  ],
  [
    'the earlier of two that replace each other',
    /^NOT REPLACED/,
    tell(replaces(60_000, 'first', D), replaces(50_000, 'last'), delivers(), delivers('last', E)),
  ],
  [
    'one whose cancel was in time, though its client asked for it again after it had gone out',
    /^NOT CANCELLED/,
    tell(schedules(60_000), cancels(3_501), delivers('first', D, D + 10), schedules(-35)),
  ],
  [
    'one that was moved away when its cancel arrived, and moved back, and is gone',
    /^LOST/,
    tell(schedules(60_000), moves(59_000), movesBack(58_990), cancels(58_980, 'EVENT_ENDED')),
  ],
  [
    'one whose cancel was told that it had ended, and is gone',
    /^LOST/,
    tell(schedules(60_000), moves(59_000, E, 'EVENT_NOT_FOUND'), cancels(58_980, 'EVENT_ENDED')),
  ],
  [
    'one that was refused, and goes out',
    /^REFUSED EVENT: .* as next/,
    tell(schedules(60_000), cancels(50_000), schedules(49_980, 'next', D, 'EVENT_EXISTS'), delivers('next')),
  ],
  [
    'one that was refused while another stood there, which failed then, and goes out',
    /^REFUSED EVENT: .* as next/,
    tell(schedules(60_000), schedules(200, 'next', D, 'EVENT_EXISTS'), fails(-3_800), delivers('next', D, D + 180_000)),
  ],
  [
    'one that was one of two when its move by its id was refused, and is moved',
    /^REFUSED EVENT/,
    tell(
      schedules(60_000, 'first', E),
      schedules(59_990, 'other'),
      movesOnly(500, E + 60_000, 'EVENT_AMBIGUOUS'),
      delivers('other'),
      delivers('first', E + 60_000),
    ),
  ],
  [
    'one that arrives after its move was told that there is none, and is moved',
    /^REFUSED EVENT/,
    tell(schedules(60_000), moves(59_000, E, 'EVENT_NOT_FOUND'), parks(50_000), delivers('first', E)),
  ],
  [
    'two at one date',
    /^BOTH: .* as first, and as next/,
    tell(schedules(60_000), schedules(50_000, 'next'), delivers(), delivers('next')),
  ],
  ['a cancel of nothing of which nothing is told', /^SILENT/, tell(cancels(60_000))],
  [
    'a cancel of what was delivered of which nothing is told',
    /^SILENT/,
    tell(schedules(60_000), delivers(), cancels(-9_000)),
  ],
  ['a move of nothing of which nothing is told', /^SILENT/, tell(moves(60_000))],
  [
    'that an event is not there which was there',
    /^WRONGLY TOLD: EVENT_NOT_FOUND/,
    tell(schedules(60_000), parks(59_000), cancels(9_000, 'EVENT_NOT_FOUND')),
  ],
  [
    'that it is too late, in time, and is not said to be delivered',
    /^WRONGLY TOLD: TOO_LATE/,
    tell(schedules(7_000), cancels(6_900, 'TOO_LATE'), delivers()),
  ],
  [
    'that it is too late, well before',
    /^WRONGLY TOLD: TOO_LATE/,
    tell(schedules(60_000), cancels(9_000, 'TOO_LATE'), delivers()),
  ],
  [
    'that another stands where none was',
    /^WRONGLY TOLD: EVENT_EXISTS/,
    tell(schedules(60_000, 'first', D, 'EVENT_EXISTS')),
  ],
  [
    'that an event has ended which has not',
    /^WRONGLY TOLD: EVENT_ENDED/,
    tell(schedules(60_000), cancels(9_000, 'EVENT_ENDED'), delivers()),
  ],
  [
    'that several are pending where there is one',
    /^WRONGLY TOLD: EVENT_AMBIGUOUS/,
    tell(schedules(60_000), movesOnly(9_000, E, 'EVENT_AMBIGUOUS'), delivers()),
  ],
  [
    'that a stack does not index ids which does',
    /^WRONGLY TOLD: NOT_INDEXED/,
    tell(schedules(60_000), cancelsAll(9_000, 'NOT_INDEXED'), delivers()),
  ],
]

describe('a story, by what may come of it', () => {
  for (const [what, story] of Object.entries(GOOD))
    it(`is in order: ${what}`, () => {
      expect(verdictOf(story)).to.equal(undefined)
    })

  for (const [what, verdict, story] of BAD)
    it(`is not: ${what}`, () => {
      expect(verdictOf(story)).to.match(verdict)
    })

  it('counts a cancel of the same millisecond as the later one, as it is asked last', () => {
    expect(verdictOf(tell(schedules(60_000), cancels(60_000), delivers()))).to.match(/^NOT CANCELLED/)
  })

  it('is told in the order of time, unless it is of a single request', () => {
    expect(historyOf(tell(schedules(60_000)))).to.equal('')
    expect(
      historyOf(tell(schedules(60_000), cancels(3_000, 'TOO_LATE'), parks(59_000), delivers())).split('\n'),
    ).to.deep.equal([
      '',
      `    schedule ${iso(D)} as first was published at ${iso(D - 60_000)}, and told was nothing`,
      `    parked ${iso(D)} at ${iso(D - 59_000)}`,
      `    cancel ${iso(D)} was published at ${iso(D - 3_000)}, and told was TOO_LATE at ${iso(D - 2_500)}`,
      `    delivered ${iso(D)} as first at ${iso(D)}`,
    ])
  })

  describe('where the stack indexes no ids', () => {
    const verdict = (...happenings: ((story: Story) => void)[]) =>
      verdictOf(tell((story) => Object.assign(story, { index: 'none' }), ...happenings))

    it('is in order if whoever asks by the id alone is told so, and nothing comes of it', () => {
      for (const ask of [
        cancelsAll(9_000, 'NOT_INDEXED'),
        movesOnly(9_000, E, 'NOT_INDEXED'),
        replaces(9_000, 'second', E, 'NOT_INDEXED'),
      ])
        expect(verdict(schedules(60_000), ask, delivers())).to.equal(undefined)
      expect(verdict(schedules(60_000), cancels(9_000))).to.equal(undefined)
    })

    it('is not if nobody is told so, whatever else is', () => {
      for (const happenings of [
        [cancelsAll(9_000), fails(-10)],
        [cancelsAll(9_000, 'EVENT_NOT_FOUND'), fails(-10)],
        [movesOnly(9_000), delivers('first', E)],
        [movesOnly(9_000, E, 'EVENT_NOT_FOUND'), delivers()],
        [replaces(9_000, 'second'), delivers('second', E)],
      ])
        expect(verdict(schedules(60_000), ...happenings)).to.match(/^SILENT/)
    })

    it('is not if something is stopped, or comes, that was refused', () => {
      expect(verdict(schedules(60_000), cancelsAll(9_000, 'NOT_INDEXED'))).to.match(/^LOST/)
      expect(verdict(schedules(60_000), replaces(9_000, 'second', E, 'NOT_INDEXED'))).to.match(/^LOST/)
      expect(
        verdict(schedules(60_000), replaces(9_000, 'second', E, 'NOT_INDEXED'), delivers(), delivers('second', E)),
      ).to.match(/^REFUSED EVENT/)
    })

    it('is not if one is told so that gives its date', () => {
      expect(verdict(schedules(60_000), cancels(9_000, 'NOT_INDEXED'), delivers())).to.match(/^WRONGLY TOLD/)
    })

    it('tells as cancelled nothing that was to be by its id alone', () => {
      const story = tell(schedules(60_000), cancelsAll(9_000, 'NOT_INDEXED'), replaces(8_000, 'x', E, 'NOT_INDEXED'))
      expect([...statusesAt(story, D)]).to.deep.equal([])
    })
  })

  it('knows that an event which was asked for again while its failure was told may go on, and be moved', () => {
    const statuses = (story: Story) => [...statusesAt(story, D)]
    // It was published again, that fails, and so much later its client is told.
    const again = (toldAfterMs: number) =>
      tell(
        schedules(60_000),
        fails(-10),
        schedules(-100_000),
        fails(-100_000 - toldAfterMs),
        movesOnly(-150_000, E + D),
      )
    expect(statuses(again(9_000))).to.deep.equal(['failed', 'cancelled'])
    expect(statuses(again(30_000))).to.deep.equal(['failed'])
  })

  it('says what may be told of its events', () => {
    const statuses = (story: Story, dueAtMs = D) => [...statusesAt(story, dueAtMs)]
    expect(statuses(tell(schedules(60_000), delivers()))).to.deep.equal(['delivered'])
    expect(statuses(tell(schedules(60_000), fails(-10)))).to.deep.equal(['failed'])
    const unrecorded = (story: Story) =>
      void story.delivered.push({ dueAtMs: D, content: 'first', atMs: D, unrecorded: true })
    expect(statuses(tell(schedules(60_000), cancels(9_000), unrecorded))).to.deep.equal(['delivered', 'cancelled'])
    expect(statuses(tell(schedules(60_000), cancels(9_000)))).to.deep.equal(['cancelled'])
    expect(statuses(tell(schedules(60_000, 'first', D, 'EVENT_ENDED')))).to.deep.equal([undefined])
    expect(statuses(tell(schedules(60_000), moves(9_000), cancelsAll(8_000)), E)).to.deep.equal([
      'cancelled',
      undefined,
    ])
  })
})
