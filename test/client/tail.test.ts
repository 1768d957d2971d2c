import { expect } from 'chai'
import type { Received, Receiving } from '../../aws/tail-queue.ts'
import { type TailOptions, tail } from '../../client/tail.ts'
import { attributesOf } from '../../core/output-message.ts'
import { anEvent, MINUTE_MS, topicArn } from '../support/builders.ts'
import { fakeClock } from '../support/fake-clock.ts'

const bodyOf = (id: string) => {
  const event = anEvent({ id })
  const attributes = Object.entries(attributesOf(event)).map(([name, Value]) => [name, { Value }])
  const Timestamp = new Date(MINUTE_MS).toISOString()
  return JSON.stringify({
    TopicArn: topicArn(),
    Message: 'hello',
    Timestamp,
    MessageAttributes: Object.fromEntries(attributes),
  })
}

/** A queue that has something in some receives, and how each was asked for: at which millisecond, and whether it waits. */
function queueOf(...polls: (string[] | Error)[]) {
  const clock = fakeClock(0)
  const seen = { opened: 0, removed: 0, receives: [] as string[] }
  const open = async () => {
    seen.opened++
    return {
      async receive({ waits = true, signal }: Receiving = {}): Promise<Received> {
        seen.receives.push(`${clock.now()}${waits ? ' waits' : ''}`)
        const got = polls.shift()
        if (got instanceof Error) throw got
        if (got) return { bodies: got, isFull: got.length === 10 }
        if (!waits) return { bodies: [], isFull: false }
        return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Error('aborted'))))
      },
      remove: async () => void seen.removed++,
    }
  }
  /** So many of what is told. */
  const take = async (count: number, options: TailOptions = {}) => {
    const ids: string[] = []
    for await (const { id } of tail({ open, clock }, options)) {
      ids.push(String(id))
      if (ids.length === count) break
    }
    return ids
  }
  return { open, seen, clock, take: (count: number, options?: TailOptions) => clock.run(take(count, options)) }
}
const ten = (name: string) => Array.from({ length: 10 }, (_, i) => bodyOf(`${name}-${i}`))

describe('tailing', () => {
  it('yields what comes, as it comes, and leaves out what is not the scheduler’s', async () => {
    const { take, seen } = queueOf([bodyOf('one'), 'noise'], [], [bodyOf('two')])
    expect(await take(2)).to.deep.equal(['one', 'two'])
    expect(seen).to.include({ opened: 1, removed: 1 })
  })

  it('lets what comes gather for a tenth of a second once it has received all that was there', async () => {
    const { take, seen } = queueOf([bodyOf('one')], [bodyOf('two'), bodyOf('three')], [bodyOf('four')])
    expect(await take(4)).to.have.length(4)
    expect(seen.receives).to.deep.equal(['0 waits', '100 waits', '200 waits'])
  })

  it('receives at once, and more side by side each time, while there is more than it got', async () => {
    const full = Array.from({ length: 1 + 2 + 4 + 8 + 8 }, (_, i) => ten(`id-${i}`))
    const { take, seen } = queueOf(...full, [bodyOf('last')])
    expect(await take(231)).to.have.length(231)
    expect(seen.receives).to.deep.equal(['0 waits', ...Array(2 + 4 + 8 + 8 + 8).fill('0')])
  })

  it('waits for what comes by one receive again, once several side by side were not all full', async () => {
    const { take, seen } = queueOf(ten('a'), ten('b'), [bodyOf('c')], [bodyOf('d')])
    expect(await take(22)).to.have.length(22)
    expect(seen.receives).to.deep.equal(['0 waits', '0', '0', '100 waits'])
  })

  it('says when its queue is there, before it looks', async () => {
    const { take, seen } = queueOf([bodyOf('one')])
    const receivesBefore: number[] = []
    await take(1, { onReady: () => receivesBefore.push(seen.receives.length) })
    expect(receivesBefore).to.deep.equal([0])
  })

  it('ends where it is told to, while it waits, and removes its queue', async () => {
    const { open, clock, seen } = queueOf([bodyOf('one')])
    const abort = new AbortController()
    const all = Array.fromAsync(tail({ open, clock }, { signal: abort.signal }))
    await clock.advance(100)
    expect(seen.receives).to.have.length(2)
    abort.abort()
    expect(await all).to.have.length(1)
    expect(seen).to.include({ opened: 1, removed: 1 })
  })

  it('ends where it is told to, while what comes gathers', async () => {
    const { open, clock, seen } = queueOf([bodyOf('one')])
    const abort = new AbortController()
    const all = Array.fromAsync(tail({ open, clock }, { signal: abort.signal }))
    await clock.advance(99)
    abort.abort()
    expect(await all).to.have.length(1)
    expect(seen.receives).to.deep.equal(['0 waits'])
    expect(clock.timers()).to.equal(0)
  })

  it('makes no queue where it is over before it begins', async () => {
    const { open, clock, seen } = queueOf()
    expect(await Array.fromAsync(tail({ open, clock }, { signal: AbortSignal.abort() }))).to.deep.equal([])
    expect(seen.opened).to.equal(0)
  })

  it('fails where its queue does, and removes it', async () => {
    const { open, clock, seen } = queueOf(new Error('no queue'))
    const fault = await Array.fromAsync(tail({ open, clock }, {})).catch((error: Error) => error.message)
    expect(fault).to.equal('no queue')
    expect(seen.removed).to.equal(1)
  })
})
