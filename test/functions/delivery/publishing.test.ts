import { expect } from 'chai'
import type { FailureCode } from '../../../core/errors.ts'
import type { ScheduledEvent } from '../../../core/event.ts'
import { TRIES_IN_MEMORY } from '../../../core/timetable.ts'
import { publishingWith } from '../../../functions/delivery/publishing.ts'
import { topicsInMemory } from '../../memory/topics.ts'
import { anEvent, MINUTE_MS, topicArn } from '../../support/builders.ts'
import { fakeClock } from '../../support/fake-clock.ts'

const FOR_GOOD: FailureCode[] = ['TARGET_NOT_FOUND', 'TARGET_DENIED', 'TARGET_REFUSED']

/** Publishing at `MINUTE_MS`, with notes of what becomes of events as `id at ms`. @param random 0 to 1 */
function aPublishing(random = 0.5) {
  const clock = fakeClock(MINUTE_MS)
  const topics = topicsInMemory({ clock })
  const notes = { delivered: [] as string[], failed: [] as string[], again: [] as string[] }
  const note = (kind: keyof typeof notes, { id }: ScheduledEvent, what: number | string) =>
    void notes[kind].push(`${id} ${what}`)
  const publish = publishingWith(
    { topics, clock, random: () => random, tryAgain: (event) => note('again', event, clock.now() - MINUTE_MS) },
    {
      delivered: (event, atMs) => note('delivered', event, atMs - MINUTE_MS),
      failed: async (event, { code }) => note('failed', event, code),
    },
  )
  return { clock, topics, notes, publish: (...events: ScheduledEvent[]) => clock.run(publish(topicArn(), events)) }
}

const event = (id: string) => anEvent({ id })

describe('a publish', () => {
  it('has each event of its batch delivered at the instant of its answer', async () => {
    const { topics, notes, publish } = aPublishing()
    topics.slow(topicArn(), 25)
    expect(await publish(event('a'), event('b'))).to.deep.equal({ alone: [], ok: true })
    expect(notes).to.deep.equal({ delivered: ['a 25', 'b 25'], failed: [], again: [] })
  })

  for (const code of FOR_GOOD)
    it(`of one event that is answered with ${code} has it fail at once`, async () => {
      const { topics, notes, publish } = aPublishing()
      topics.fail(topicArn(), code)
      expect(await publish(event('a'))).to.deep.equal({ alone: [], ok: false })
      expect(notes).to.deep.equal({ delivered: [], failed: [`a ${code}`], again: [] })
    })

  it('of a batch that is refused has every event published again alone, and none of them fail', async () => {
    const { topics, notes, publish } = aPublishing()
    topics.poison('b')
    const batch = ['a', 'b', 'c'].map(event)
    expect(await publish(...batch)).to.deep.equal({ alone: batch, ok: false })
    expect(notes).to.deep.equal({ delivered: [], failed: [], again: [] })
  })

  it('of a batch in which one event fails has the others delivered', async () => {
    const { topics, notes, publish } = aPublishing()
    topics.failEvent('b', 'TARGET_DENIED')
    expect(await publish(...['a', 'b', 'c'].map(event))).to.deep.equal({ alone: [], ok: true })
    expect(notes).to.deep.equal({ delivered: ['a 0', 'c 0'], failed: ['b TARGET_DENIED'], again: [] })
  })
})

describe('a publish whose target is unavailable', () => {
  for (const [random, delays] of [
    [0, [75, 300, 1_200]],
    [0.5, [100, 400, 1_600]],
    [1, [125, 500, 2_000]],
  ] as const)
    it(`is tried again after ${delays.join(', ')} ms when the dice show ${random}`, async () => {
      const { clock, topics, notes, publish } = aPublishing(random)
      topics.fail(topicArn(), 'TARGET_UNAVAILABLE')
      const one = event('a')
      for (const [made, delayMs] of delays.entries()) {
        await publish(one)
        const atMs = clock.now() + delayMs
        await clock.advanceTo(atMs - 1)
        expect(notes.again).to.have.length(made)
        await clock.advanceTo(atMs)
        expect(notes.again.at(-1)).to.equal(`a ${atMs - MINUTE_MS}`)
      }
    })

  it('fails at the last of its tries, not sooner and with no further one', async () => {
    const { clock, topics, notes, publish } = aPublishing()
    topics.fail(topicArn(), 'TARGET_UNAVAILABLE')
    const one = event('a')
    for (let tries = 1; tries < TRIES_IN_MEMORY; tries++) await publish(one)
    expect(notes.failed).to.deep.equal([])
    await publish(one)
    await clock.advance(60_000)
    expect(notes.failed).to.deep.equal(['a TARGET_UNAVAILABLE'])
    expect(notes.again).to.have.length(TRIES_IN_MEMORY - 1)
  })

  it('counts the tries of each event on its own, and anew once it has failed', async () => {
    const { topics, notes, publish } = aPublishing()
    topics.fail(topicArn(), 'TARGET_UNAVAILABLE')
    const [a, b] = [event('a'), event('b')]
    for (let tries = 1; tries <= TRIES_IN_MEMORY; tries++) await publish(a)
    await publish(a, b)
    expect(notes.failed).to.deep.equal(['a TARGET_UNAVAILABLE'])
  })
})
