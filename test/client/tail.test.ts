import { expect } from 'chai'
import { tail } from '../../client/tail.ts'
import { attributesOf } from '../../core/output-message.ts'
import { anEvent, MINUTE_MS, topicArn } from '../support/builders.ts'

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

/** A queue that has something in some polls. */
function queueOf(...polls: (string[] | Error)[]) {
  const seen = { opened: 0, removed: 0 }
  const open = async () => {
    seen.opened++
    return {
      async receive(signal?: AbortSignal): Promise<string[]> {
        const got = polls.shift()
        if (got instanceof Error) throw got
        if (got) return got
        return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Error('aborted'))))
      },
      remove: async () => void seen.removed++,
    }
  }
  return { open, seen }
}

describe('tailing', () => {
  it('yields what comes, as it comes, and leaves out what is not the scheduler’s', async () => {
    const { open, seen } = queueOf([bodyOf('one'), 'noise'], [], [bodyOf('two')])
    const ids: string[] = []
    for await (const { id } of tail(open, {})) {
      ids.push(String(id))
      if (ids.length === 2) break
    }
    expect(ids).to.deep.equal(['one', 'two'])
    expect(seen).to.deep.equal({ opened: 1, removed: 1 })
  })

  it('says when its queue is there, before it looks', async () => {
    const said: string[] = []
    const { open } = queueOf([bodyOf('one')])
    for await (const { id } of tail(open, { onReady: () => said.push('ready') })) {
      said.push(String(id))
      break
    }
    expect(said).to.deep.equal(['ready', 'one'])
  })

  it('ends where it is told to, while it waits, and removes its queue', async () => {
    const { open, seen } = queueOf([bodyOf('one')])
    const abort = new AbortController()
    const all = Array.fromAsync(tail(open, { signal: abort.signal }))
    setImmediate(() => abort.abort())
    expect(await all).to.have.length(1)
    expect(seen).to.deep.equal({ opened: 1, removed: 1 })
  })

  it('makes no queue where it is over before it begins', async () => {
    const { open, seen } = queueOf()
    expect(await Array.fromAsync(tail(open, { signal: AbortSignal.abort() }))).to.deep.equal([])
    expect(seen.opened).to.equal(0)
  })

  it('fails where its queue does, and removes it', async () => {
    const { open, seen } = queueOf(new Error('no queue'))
    const fault = await Array.fromAsync(tail(open, {})).catch((error: Error) => error.message)
    expect(fault).to.equal('no queue')
    expect(seen.removed).to.equal(1)
  })
})
