import { expect } from 'chai'
import {
  isSlot,
  MAX_SHARDS,
  minuteOf,
  runnerInput,
  runnerName,
  settleAtMs,
  slotAt,
  slotEndMs,
  slotOf,
  slotStartMs,
  slotsOfMinute,
  waitTimestamp,
} from '../../core/slot.ts'
import { MINUTE_MS } from '../support/builders.ts'
import { seededRandom } from '../support/random.ts'

describe('a slot', () => {
  it('is named after its UTC minute and its shard', () => {
    expect(slotAt(MINUTE_MS, 0)).to.equal('2026-11-23T12-34Z-00')
    expect(slotAt(MINUTE_MS, 63)).to.equal('2026-11-23T12-34Z-63')
  })

  it('holds the first and the last millisecond of its minute, and no other', () => {
    expect(slotAt(MINUTE_MS + 59_999, 0)).to.equal(slotAt(MINUTE_MS, 0))
    expect(slotAt(MINUTE_MS - 1, 0)).to.equal('2026-11-23T12-33Z-00')
    expect(slotAt(MINUTE_MS + 60_000, 0)).to.equal('2026-11-23T12-35Z-00')
  })

  it('knows its minute from its name', () => {
    expect(slotStartMs(slotAt(MINUTE_MS + 12_345, 7))).to.equal(MINUTE_MS)
    expect(slotEndMs(slotAt(MINUTE_MS, 7))).to.equal(MINUTE_MS + 60_000)
  })

  it('sorts by its minute', () => {
    const minutes = ['2026-12-31T23:59Z', '2027-01-01T00:00Z', '2027-01-01T10:00Z'].map((text) => Date.parse(text))
    const slots = minutes.map((ms) => slotAt(ms, 0))
    expect(slots.toSorted()).to.deep.equal(slots)
  })

  it('is settled no sooner than ten seconds after its minute', () => {
    expect(settleAtMs(slotAt(MINUTE_MS, 0))).to.equal(MINUTE_MS + 70_000)
  })
})

describe('the name of a slot', () => {
  it('is that of a minute there can be, on a shard there can be', () => {
    for (const slot of slotsOfMinute(MINUTE_MS, MAX_SHARDS)) expect(isSlot(slot), slot).to.equal(true)
    expect(isSlot('2028-02-29T23-59Z-00')).to.equal(true)
  })

  for (const [what, text] of Object.entries({
    nothing: '',
    'no text': MINUTE_MS,
    'a minute': '2026-11-23T12-34Z',
    'a slot with more before it': 'x2026-11-23T12-34Z-00',
    'a slot with more behind it': '2026-11-23T12-34Z-00-2',
    'a path': '../2026-11-23T12-34Z-00',
    'a shard beyond the last': '2026-11-23T12-34Z-64',
    'a shard of one digit': '2026-11-23T12-34Z-0',
    'a shard below zero': '2026-11-23T12-34Z--1',
    'the 13th month': '2026-13-23T12-34Z-00',
    'the 30th of February': '2026-02-30T12-34Z-00',
    'the hour that ends a day': '2026-11-23T24-00Z-00',
  }))
    it(`is not ${what}`, () => {
      expect(isSlot(text)).to.equal(false)
    })
})

describe('the name of a runner', () => {
  it('is the slot, and the slot with a number from the second on', () => {
    expect(runnerName('2026-11-23T12-34Z-00', 1)).to.equal('2026-11-23T12-34Z-00')
    expect(runnerName('2026-11-23T12-34Z-00', 2)).to.equal('2026-11-23T12-34Z-00-2')
  })

  it('has at most 80 characters, all of which an execution name may have', () => {
    // Source: Step Functions API reference, StartExecution.
    expect(runnerName(slotAt(MINUTE_MS, MAX_SHARDS - 1), 10_000)).to.match(/^[A-Za-z0-9_-]{1,80}$/)
  })
})

describe('the input of a runner', () => {
  it('is the same bytes, whoever opens the slot and whenever', () => {
    expect(runnerInput(slotAt(MINUTE_MS + 1, 3))).to.equal(runnerInput(slotAt(MINUTE_MS + 59_999, 3)))
    expect(runnerInput('2026-11-23T12-34Z-00')).to.equal(
      '{"slot":"2026-11-23T12-34Z-00","wakeAt":"2026-11-23T12:33:40Z"}',
    )
  })
})

describe('the time to wait for', () => {
  it('is whole seconds, cut off, so that nobody wakes late', () => {
    expect(waitTimestamp(MINUTE_MS + 999)).to.equal('2026-11-23T12:34:00Z')
    expect(waitTimestamp(MINUTE_MS)).to.equal('2026-11-23T12:34:00Z')
    expect(waitTimestamp(MINUTE_MS - 1)).to.equal('2026-11-23T12:33:59Z')
  })
})

describe('shards', () => {
  it('all have a slot in every minute', () => {
    expect(slotsOfMinute(MINUTE_MS + 5, 3)).to.deep.equal([0, 1, 2].map((shard) => slotAt(MINUTE_MS, shard)))
  })

  it('depend on the id alone', () => {
    const shard = (atMs: number) => slotOf(atMs, 'an-id', 16).slice(-2)
    expect(shard(MINUTE_MS)).to.equal(shard(MINUTE_MS + 1e9))
  })

  it('are the same for ever: the ids of stored events lie where they lay', () => {
    const ids = ['a', 'b', 'an-id', '00000000-0000-0000-0000-000000000000']
    // FNV-1a of 'a' is 0xe40c292c. Source: the reference test suite of its authors.
    expect(slotOf(MINUTE_MS, 'a', 64).slice(-2)).to.equal(String(0xe40c292c % 64).padStart(2, '0'))
    expect(ids.map((id) => slotOf(MINUTE_MS, id, 1).slice(-2))).to.deep.equal(['00', '00', '00', '00'])
  })

  it('get about the same number of events each', () => {
    const random = seededRandom(7)
    const counts = new Map<string, number>()
    for (let i = 0; i < 16_000; i++) {
      const slot = slotOf(MINUTE_MS, `${random().toString(36).slice(2)}-${i}`, 16)
      counts.set(slot, (counts.get(slot) ?? 0) + 1)
    }
    expect(counts.size).to.equal(16)
    expect(Math.min(...counts.values())).to.be.above(850)
    expect(Math.max(...counts.values())).to.be.below(1_150)
  })
})

describe('the minute of an instant', () => {
  it('begins at it or before it', () => {
    expect(minuteOf(MINUTE_MS)).to.equal(MINUTE_MS)
    expect(minuteOf(MINUTE_MS + 59_999)).to.equal(MINUTE_MS)
    expect(minuteOf(MINUTE_MS - 1)).to.equal(MINUTE_MS - 60_000)
  })
})
