import { expect } from 'chai'
import type { Client } from '../../client/client.ts'
import type { Tailed } from '../../client/tailed.ts'
import { liveFeed, type News, TOLD, withoutPayloads } from '../../console/server/live.ts'
import { fakeClock } from '../support/fake-clock.ts'

const delivery = (id: string, latenessMs = 3): Tailed => ({
  kind: 'delivery',
  id,
  dueAtMs: 0,
  attempt: 1,
  payload: 'a secret',
  traceparent: undefined,
  topicArn: 't',
  takenAtMs: latenessMs,
  latenessMs,
})

/** A feed, and what is said to it. */
function aFeed() {
  const clock = fakeClock(1_000_000)
  const said: Tailed[] = []
  const state = { open: 0, opened: 0, fails: false }
  let wake = () => {}
  const client: Pick<Client, 'tail'> = {
    async *tail({ signal } = {}) {
      state.opened++
      if (state.fails) throw new Error('no stack')
      state.open++
      signal?.addEventListener('abort', () => wake())
      try {
        while (!signal?.aborted) {
          yield* said.splice(0)
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        }
      } finally {
        state.open--
      }
    },
  }
  const feed = liveFeed(client, clock, 'run')
  const look = (lastId?: string) => {
    const looking = new AbortController()
    const heard: News[] = []
    const ended = (async () => {
      for await (const news of feed.updates({ lastId, signal: looking.signal })) heard.push(news)
    })()
    const leave = () => {
      looking.abort()
      return ended
    }
    return { heard, leave }
  }
  const say = async (...all: Tailed[]) => {
    said.push(...all)
    wake()
    await clock.advance(0)
  }
  return { clock, look, say, state }
}
const happeningsIn = (heard: News[]) => heard.flatMap(({ happenings }) => happenings)

describe('what happens, live', () => {
  /** A little more than a second in which something happens every so many ms: how often it was told of, and all that was told at last. */
  async function aSecond(everyMs: number) {
    const { clock, look, say } = aFeed()
    const { heard, leave } = look()
    const untilMs = clock.now() + 1_050
    for (let i = 0; clock.now() < untilMs; i++) {
      await say(delivery(`a${i}`, i % 2))
      await clock.advance(everyMs)
    }
    const times = heard.filter(({ happenings }) => happenings.length > 0).length
    await clock.advance(1_000)
    await leave()
    return { times, all: happeningsIn(heard) }
  }

  it('is told at most four times a second, with how late it was', async () => {
    const { times, all } = await aSecond(50)
    expect(times).to.equal(4)
    expect(all.reduce((sum, { delivered }) => sum + delivered, 0)).to.equal(21)
    expect(all.reduce((sum, { lateness }) => sum + (lateness[1] ?? 0), 0)).to.equal(10)
  })

  it('is told once a second where more happens than is told one by one', async () => {
    const { times, all } = await aSecond(10)
    expect(times).to.equal(1)
    expect(all.reduce((sum, { delivered }) => sum + delivered, 0)).to.equal(105)
  })

  it('is told one by one only of the last, and of none what it carried', async () => {
    const { clock, look, say } = aFeed()
    const { heard, leave } = look()
    await clock.advance(0)
    await say(...Array.from({ length: 40 }, (_, i) => delivery(`a${i}`)))
    await clock.advance(1_000)
    const [{ last } = { last: [] }] = happeningsIn(heard)
    expect(last).to.have.length(TOLD)
    expect(last.at(-1)).to.include({ kind: 'delivery', id: 'a39', latenessMs: 3 })
    expect(JSON.stringify(heard)).to.not.contain('secret')
    await leave()
  })

  it('is listened to over one queue, while somebody looks', async () => {
    const { clock, look, state } = aFeed()
    expect(state.opened).to.equal(0)
    const [one, other] = [look(), look()]
    await clock.advance(0)
    expect(state).to.include({ open: 1, opened: 1 })
    await one.leave()
    expect(state.open).to.equal(1)
    await other.leave()
    await clock.advance(0)
    expect(state.open).to.equal(0)
  })

  it('goes on where one has stopped, and tells what was missed', async () => {
    const { clock, look, say } = aFeed()
    const [staying, first] = [look(), look()]
    await clock.advance(0)
    await say(delivery('a'))
    await clock.advance(250)
    await first.leave()
    await say(delivery('b'))
    await clock.advance(250)
    const again = look(first.heard.at(-1)?.id)
    await clock.advance(0)
    expect(happeningsIn(again.heard).flatMap(({ last }) => last.map(({ id }) => id))).to.deep.equal(['b'])
    await again.leave()
    await staying.leave()
  })

  it('tells who comes anew of the last five minutes, in pieces, and one by one of the last alone', async () => {
    const { clock, look, say } = aFeed()
    const staying = look()
    await clock.advance(0)
    for (let i = 0; i < 400; i++) {
      await say(delivery(`a${i}`))
      await clock.advance(1_000)
    }
    for (const lastId of [undefined, 'of another process-7']) {
      const late = look(lastId)
      await clock.advance(0)
      const all = happeningsIn(late.heard)
      expect(all.reduce((sum, { delivered }) => sum + delivered, 0)).to.be.within(295, 301)
      expect(all.length).to.be.within(30, 31)
      expect(all.flatMap(({ last }) => last).map(({ id }) => id)).to.deep.equal(
        Array.from({ length: TOLD }, (_, i) => `a${400 - TOLD + i}`),
      )
      await late.leave()
    }
    await staying.leave()
  })

  it('has a heartbeat while nothing happens', async () => {
    const { clock, look } = aFeed()
    const { heard, leave } = look()
    await clock.advance(31_000)
    expect(heard.map(({ happenings }) => happenings)).to.deep.equal([[], [], []])
    await leave()
  })

  it('is listened to again after the stack was gone, once a second', async () => {
    const { clock, look, say, state } = aFeed()
    state.fails = true
    const { heard, leave } = look()
    await clock.advance(2_500)
    expect(state.opened).to.equal(3)
    state.fails = false
    await clock.advance(1_000)
    await say(delivery('a'))
    await clock.advance(250)
    expect(happeningsIn(heard)).to.have.length(1)
    await leave()
  })

  it('is told without sentences that may quote a payload, where those are hidden', () => {
    const notice = (code: 'PAYLOAD_INVALID' | 'TARGET_NOT_FOUND') =>
      ({ kind: 'notice', id: 'a', code, error: 'a secret', takenAtMs: 1 }) as const
    const happening = { atMs: 1, delivered: 0, noticed: 2, lateness: {} }
    const last = [notice('PAYLOAD_INVALID'), notice('TARGET_NOT_FOUND')]
    const [hidden] = withoutPayloads([{ ...happening, last }])
    expect(hidden?.last.map((one) => 'error' in one && one.error)).to.deep.equal(['', 'a secret'])
  })
})
