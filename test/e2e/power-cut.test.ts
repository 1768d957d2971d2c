import { setTimeout as wait } from 'node:timers/promises'
import { expect } from 'chai'
import { OUTPUT, schedulerClient } from '../support/client.ts'
import { startProcess, temporaryFolder } from '../support/local-process.ts'

const EVENTS = 120
const iso = (atMs: number) => new Date(atMs).toISOString()

describe('the local stack after a power cut', () => {
  it('loses nothing: what became due meanwhile is late, what is ahead is on time', async () => {
    const dataDir = temporaryFolder()
    const first = await startProcess(dataDir)
    const before = schedulerClient(first.endpoint)
    const inboxBefore = await before.collect(OUTPUT, 'power-cut')
    const start = Date.now()
    const due = new Map<string, number>()
    for (let i = 0; i < EVENTS; i++) {
      const dueAtMs = start + 2_000 + i * 250
      due.set(`event-${i}`, dueAtMs)
      await before.publish({ id: `event-${i}`, date: iso(dueAtMs), target: OUTPUT, user: 'e2e', payload: 'x' })
    }
    await inboxBefore.until((received) => received.length >= EVENTS / 4, 20_000)
    await first.kill()
    await inboxBefore.stop()
    before.close()
    await wait(4_000)

    const second = await startProcess(dataDir)
    const restartedAtMs = Date.now()
    const after = schedulerClient(second.endpoint)
    const inbox = await after.collect(OUTPUT, 'power-cut')
    const arrived = () =>
      new Set([...inboxBefore.received, ...inbox.received].map(({ attributes }) => attributes.event_id))
    // Long enough for the queue to hand out again what was being worked on: its visibility timeout is three minutes.
    await inbox.until(() => arrived().size === EVENTS, 200_000)
    await inbox.stop()
    after.close()
    await second.interrupt()

    expect([...due.keys()].filter((id) => !arrived().has(id))).to.deep.equal([])
    const all = [...inboxBefore.received, ...inbox.received]
    expect(all.filter(({ attributes, atMs }) => atMs < (due.get(attributes.event_id as string) ?? 0))).to.deep.equal([])
    const ahead = inbox.received.filter(
      ({ attributes }) => (due.get(attributes.event_id as string) ?? 0) > restartedAtMs + 10_000,
    )
    expect(ahead).to.not.have.lengthOf(0)
    expect(
      Math.max(...ahead.map(({ attributes, atMs }) => atMs - (due.get(attributes.event_id as string) ?? 0))),
    ).to.be.below(2_000)
  })
})
