import { expect } from 'chai'
import { scheduleBatch } from '../../client/batch.ts'
import { prepareSchedule } from '../../client/prepare.ts'
import { MINUTE_MS, topicArn } from '../support/builders.ts'
import { fakeClock } from '../support/fake-clock.ts'

const checking = { rules: { allowedTargets: ['*'], enforceUser: true }, nowMs: MINUTE_MS }
const event = (id: string, target = topicArn()) => ({ id, target, date: MINUTE_MS, user: 'me', payload: 'hello' })
const parts = {
  topic: {
    publishBatch: async (messages: readonly object[]) =>
      messages.map(() => ({ ok: true as const, messageId: 'taken' })),
  },
  prepare: (one: ReturnType<typeof event>) => prepareSchedule(one, checking),
  clock: fakeClock(MINUTE_MS),
} as Parameters<typeof scheduleBatch>[1]

describe('a batch', () => {
  it('tells of every event in the order given', async () => {
    const events = [event('one'), event('two', 'nowhere'), event('three')]
    const { scheduled, refused, results } = await scheduleBatch(events, parts)
    expect({ scheduled, refused }).to.deep.equal({ scheduled: 2, refused: 1 })
    expect(results.map((one) => [one.index, one.item.id, one.ok])).to.deep.equal([
      [0, 'one', true],
      [1, 'two', false],
      [2, 'three', true],
    ])
    expect(results[1]).to.have.nested.property('error.code', 'TARGET_INVALID')
    expect(results[2]).to.have.nested.property('receipt.id', 'three')
  })

  it('is of nothing, if nothing is given', async () => {
    expect(await scheduleBatch([], parts)).to.deep.equal({ scheduled: 0, refused: 0, results: [] })
  })

  it('hands each result to whoever takes them, and keeps none then', async () => {
    const taken: string[] = []
    const onResult = async ({ item }: { item: { id?: string | undefined } }) => void taken.push(String(item.id))
    const report = await scheduleBatch([event('one'), event('two', 'nowhere')], parts, { onResult })
    expect(report).to.deep.equal({ scheduled: 1, refused: 1, results: [] })
    expect(taken).to.have.members(['one', 'two'])
  })

  it('tells how far it has come', async () => {
    const told: unknown[] = []
    const events = async function* () {
      for (let i = 0; i < 12; i++) yield event(`event-${i}`)
    }
    await scheduleBatch(events(), parts, { onProgress: (progress) => told.push(progress) })
    expect(told).to.have.length(12)
    expect(told.at(-1)).to.deep.equal({ scheduled: 12, refused: 0 })
  })
})
