import { expect } from 'chai'
import { due, MINUTE_MS } from '../support/builders.ts'
import { clientOf } from '../support/client-of.ts'

describe('what a client knows of an event', () => {
  const event = due(5, { id: 'my-id', user: 'ann', payload: 'x'.repeat(10_000) })

  it('is what became of it', async () => {
    const { client, table } = await clientOf([event])
    const name = { id: 'my-id', date: MINUTE_MS + 5 }
    expect(await client.get(name)).to.include({ id: 'my-id', dueAtMs: MINUTE_MS + 5, status: 'pending', user: 'ann' })
    await table.checkpoint(event.slot, 0, { delivered: [event.key], upTo: '', lateMs: [7] })
    expect(await client.get(name)).to.include({ status: 'delivered', deliveredAtMs: MINUTE_MS + 12, lateMs: 7 })
  })

  it('is its payload, too, if that is asked for', async () => {
    const { client } = await clientOf([event])
    const name = { id: 'my-id', date: MINUTE_MS + 5 }
    expect(await client.get(name)).to.not.have.property('payload')
    expect(await client.get(name, { payload: true })).to.have.property('payload', event.payload)
  })

  it('is that it is unknown, where nothing was scheduled', async () => {
    const { client } = await clientOf()
    const facts = await client.get({ id: 'my-id', date: { in: '1h' } }, { payload: true })
    expect(facts).to.include({ id: 'my-id', status: 'unknown', payload: undefined })
  })
})

describe('the numbers of a client', () => {
  it('are of the slots of an hour ago until in an hour', async () => {
    const { client } = await clientOf([-61, -59, 0, 1, 1, 61].map((minutes) => due(minutes * 60_000)))
    const slots = await Array.fromAsync(client.stats())
    expect(
      slots.map(({ minuteMs, events, overdue }) => [(minuteMs - MINUTE_MS) / 60_000, events, overdue.length]),
    ).to.deep.equal([
      [-59, 1, 1],
      [0, 1, 0],
      [1, 2, 0],
    ])
  })

  it('are of the span that is asked for', async () => {
    const { client } = await clientOf([-61, 0, 61].map((minutes) => due(minutes * 60_000)))
    expect(await Array.fromAsync(client.stats({ from: MINUTE_MS + 60_000 }))).to.have.length(1)
    expect(await Array.fromAsync(client.stats({ from: '2026-11-23', to: '2026-11-24' }))).to.have.length(3)
  })
})

describe('a slot, as a client sees it', () => {
  it('is found by its name', async () => {
    const event = due(5)
    const { client } = await clientOf([event])
    expect(await client.slot(event.slot)).to.include({ slot: event.slot, events: 1, pending: 1, runner: event.slot })
  })

  for (const name of ['', 'x', '../etc', '2026-11-23T12-34Z', '2026-13-23T12-34Z-00', '2026-11-23T12-34Z-64'])
    it(`is none of the name "${name}"`, async () => {
      const { client } = await clientOf()
      const fault = await client.slot(name).catch((error: unknown) => error)
      expect(fault).to.have.property('code', 'FILTER_INVALID')
    })
})
