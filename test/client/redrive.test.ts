import { expect } from 'chai'
import { messageAgain } from '../../client/redrive.ts'
import { eventKey } from '../../core/event.ts'
import { due, MINUTE_MS } from '../support/builders.ts'
import { aWorldWith } from '../support/world.ts'

const event = due(0, { id: 'my-id', latest: '2026-11-23T12:35Z', latestAtMs: MINUTE_MS + 60_000 })
const { slot, key } = event
const asked = { id: 'my-id', date: event.date, target: event.target, user: event.user, payload: event.payload }

/** The message of an event that has this outcome. */
async function again(kind: 'failed' | 'expired' | 'cancelled' | undefined, nowMs = MINUTE_MS) {
  const world = await aWorldWith([event], MINUTE_MS)
  if (kind) await world.table.conclude({ slot, key, kind, atMs: 1 })
  return messageAgain(world.table, { slot, key }, nowMs).catch((fault: { code: string; message: string }) => fault)
}

describe('an event that is delivered after all', () => {
  it('is published as it was', async () => {
    expect(await again('failed')).to.deep.equal({
      ...asked,
      traceparent: undefined,
      failure_topic: undefined,
      latest: '2026-11-23T12:35Z',
    })
  })

  it('is published without a latest that has passed, with which it would expire again', async () => {
    expect(await again('expired', MINUTE_MS + 60_000)).to.deep.equal({
      ...asked,
      traceparent: undefined,
      failure_topic: undefined,
    })
  })

  it('is published as it was last, where it has gone on', async () => {
    const world = await aWorldWith([event], MINUTE_MS)
    const retry = { ...event, key: eventKey(MINUTE_MS + 30_000, 'my-id', 2), payload: 'the last payload', attempt: 2 }
    await world.table.park([retry])
    await world.table.conclude({ slot, key, kind: 'retrying', atMs: 1, next: { slot, key: retry.key } })
    await world.table.conclude({ slot, key: retry.key, kind: 'failed', atMs: 2 })
    expect(await messageAgain(world.table, event, MINUTE_MS)).to.include({ id: 'my-id', payload: 'the last payload' })
  })

  it('is none that is pending, was delivered, cancelled, or is not known', async () => {
    const pending = await again(undefined)
    expect(pending).to.include({ code: 'EVENT_EXISTS' })
    expect((pending as Error).message).to.equal('Event my-id is pending: it will be delivered.')
    expect(await again('cancelled')).to.include({ code: 'EVENT_ENDED' })
    const world = await aWorldWith([event], MINUTE_MS)
    await world.table.checkpoint(slot, 0, { delivered: [key], upTo: '', lateMs: [1] })
    const codeOf = (ref: { slot: string; key: string }) => messageAgain(world.table, ref, 0).catch(({ code }) => code)
    expect(await codeOf(event)).to.equal('EVENT_ENDED')
    expect(await codeOf({ slot, key: eventKey(MINUTE_MS, 'another', 1) })).to.equal('EVENT_NOT_FOUND')
  })
})
