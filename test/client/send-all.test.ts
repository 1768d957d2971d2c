import { expect } from 'chai'
import type { InputMessage, Publishing } from '../../aws/input-topic.ts'
import { type Sent, sendAll } from '../../client/send-all.ts'
import { SchedulerError } from '../../core/errors.ts'
import { MINUTE_MS } from '../support/builders.ts'
import { fakeClock } from '../support/fake-clock.ts'

const REFUSED = new SchedulerError('DATE_INVALID', 'A sentence.')
const FAILED = new SchedulerError('TOPIC_UNAVAILABLE', 'Another sentence.')

/** Sends numbers: the odd hundred is refused, SNS takes all but multiples of seven. */
function sending(tookMs = 0) {
  const clock = fakeClock(MINUTE_MS)
  let underWay = 0
  const seen = { mostUnderWay: 0, requests: 0 }
  const topic = {
    async publishBatch(messages: readonly InputMessage[]): Promise<Publishing[]> {
      seen.requests++
      seen.mostUnderWay = Math.max(seen.mostUnderWay, ++underWay)
      if (tookMs > 0) await clock.sleep(tookMs)
      underWay--
      return messages.map(({ text }) =>
        Number(text) % 7 === 0 ? { ok: false, error: FAILED } : { ok: true, messageId: text },
      )
    },
  }
  const prepare = (item: number) => {
    if (item >= 100) throw REFUSED
    return { text: String(item), receipt: { id: `id-${item}`, date: 'a date', dueAtMs: item } }
  }
  return { clock, seen, parts: { topic, prepare, clock } }
}
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1)

describe('sending many', () => {
  it('tells of each what became of it, with its place', async () => {
    const { parts } = sending()
    const sent: Sent<number>[] = []
    await sendAll([1, 7, 100, 2], parts, { concurrency: 1, onSent: (one) => void sent.push(one) })
    expect(sent.sort((a, b) => a.index - b.index)).to.deep.equal([
      { index: 0, item: 1, ok: true, receipt: { id: 'id-1', date: 'a date', dueAtMs: 1, messageId: '1' } },
      { index: 1, item: 7, ok: false, error: FAILED },
      { index: 2, item: 100, ok: false, error: REFUSED },
      { index: 3, item: 2, ok: true, receipt: { id: 'id-2', date: 'a date', dueAtMs: 2, messageId: '2' } },
    ])
  })

  it('has as many requests under way as it may, and no more', async () => {
    const { clock, seen, parts } = sending(100)
    await clock.run(sendAll(upTo(95), parts, { concurrency: 3, onSent: () => {} }))
    expect(seen).to.deep.equal({ mostUnderWay: 3, requests: 10 })
    // Three at a time, of a hundred ms each.
    expect(clock.now() - MINUTE_MS).to.be.within(400, 500)
  })

  it('reads no further ahead than that', async () => {
    const { clock, parts } = sending(100)
    let read = 0
    const items = (function* () {
      for (const item of upTo(95)) {
        read++
        yield item
      }
    })()
    const work = sendAll(items, parts, { concurrency: 2, onSent: () => {} })
    await clock.advance(1)
    expect(read).to.be.at.most(2 * 10 + 11)
    await clock.run(work)
    expect(read).to.equal(95)
  })

  it('ends where it is told to, once what was read is sent', async () => {
    const { parts } = sending()
    const abort = new AbortController()
    const sent: number[] = []
    const items = (function* () {
      for (const item of upTo(95)) {
        if (item === 15) abort.abort()
        yield item
      }
    })()
    await sendAll(items, parts, { concurrency: 2, signal: abort.signal, onSent: ({ item }) => void sent.push(item) })
    expect(sent.sort((a, b) => a - b)).to.deep.equal(upTo(14))
  })

  it('throws what its source throws, once what was read is sent', async () => {
    const { parts } = sending()
    const sent: number[] = []
    const items = (function* () {
      yield* upTo(25)
      throw new Error('the file ends here')
    })()
    const work = sendAll(items, parts, { concurrency: 2, onSent: ({ item }) => void sent.push(item) })
    expect(await work.catch((error: Error) => error.message)).to.equal('the file ends here')
    expect(sent.length).to.be.at.least(20)
  })

  it('throws what its listener throws, and reads no further', async () => {
    const { parts, seen } = sending()
    const onSent = () => {
      throw new Error('no room')
    }
    const work = sendAll(upTo(95), parts, { concurrency: 1, onSent })
    expect(await work.catch((error: Error) => error.message)).to.equal('no room')
    expect(seen.requests).to.be.at.most(2)
  })
})
