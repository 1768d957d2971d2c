import { getEventListeners } from 'node:events'
import { expect } from 'chai'
import type { OnPublish } from '../../local/publications.ts'
import { tailOfTopics } from '../../local/tail-of-topics.ts'

/** Topics that take what they are told to. */
function topics() {
  const listeners = new Set<OnPublish>()
  return {
    listeners,
    listen: (onPublish: OnPublish) => {
      listeners.add(onPublish)
      return () => void listeners.delete(onPublish)
    },
    take(body: string, topicArn = 'a') {
      for (const listener of listeners) listener({ topicArn, body, attributes: { due: 'then' }, takenAtMs: 0 })
    },
  }
}
const messages = (bodies: readonly string[]) => bodies.map((body) => JSON.parse(body).Message)

describe('a tail of topics in the same process', () => {
  it('gets what its topics take from then on, each once, in the envelope of SNS', async () => {
    const local = topics()
    local.take('before')
    const tail = tailOfTopics(local, ['a', 'b'])
    local.take('one')
    local.take('of another topic', 'c')
    local.take('two', 'b')
    const { bodies, isFull } = await tail.receive()
    expect(messages(bodies)).to.deep.equal(['one', 'two'])
    expect(JSON.parse(bodies[0] as string)).to.deep.equal({
      TopicArn: 'a',
      Message: 'one',
      Timestamp: '1970-01-01T00:00:00.000Z',
      MessageAttributes: { due: { Value: 'then' } },
    })
    expect(isFull).to.equal(false)
    expect((await tail.receive({ waits: false })).bodies).to.deep.equal([])
  })

  it('waits for something to come, or to be ended', async () => {
    const local = topics()
    const tail = tailOfTopics(local, ['a'])
    const coming = tail.receive()
    local.take('late')
    expect(messages((await coming).bodies)).to.deep.equal(['late'])
    const ending = new AbortController()
    const ended = tail.receive({ signal: ending.signal })
    ending.abort()
    expect((await ended).bodies).to.deep.equal([])
    expect((await tail.receive({ signal: ending.signal })).bodies).to.deep.equal([])
  })

  it('leaves nothing behind at what may end it, however often it has waited', async () => {
    const local = topics()
    const tail = tailOfTopics(local, ['a'])
    const { signal } = new AbortController()
    for (let i = 0; i < 20; i++) {
      const coming = tail.receive({ signal })
      local.take(String(i))
      await coming
    }
    expect(getEventListeners(signal, 'abort')).to.deep.equal([])
  })

  it('drops the oldest where nobody receives, and listens no more once it is removed', async () => {
    const local = topics()
    const tail = tailOfTopics(local, ['a'])
    for (let i = 0; i < 25_000; i++) local.take(String(i))
    const { bodies } = await tail.receive()
    expect(bodies.length).to.be.within(9_000, 10_000)
    expect(messages(bodies.slice(-1))).to.deep.equal(['24999'])
    await tail.remove()
    expect(local.listeners.size).to.equal(0)
  })
})
