import { setTimeout as wait } from 'node:timers/promises'
import { expect } from 'chai'
import { OUTPUT, type Received, schedulerClient } from '../support/client.ts'
import { startProcess, temporaryFolder } from '../support/local-process.ts'

/** How long the power is off, ms. */
const OFF_MS = 4_000
/** How far ahead of a stack that has just started an event must be to be on time, ms. */
const AHEAD_MS = 10_000
/** What an event that is on time may be late at the receiver on a machine that is not busy, ms. */
const ON_TIME_MS = 2_000
const EVERY_MS = 400

const iso = (atMs: number) => new Date(atMs).toISOString()

describe('the local stack after a power cut', () => {
  it('loses nothing: what became due meanwhile is late, what is ahead is on time', async function () {
    this.timeout(480_000)
    const dataDir = temporaryFolder()
    const startedAtMs = Date.now()
    const first = await startProcess(dataDir)
    // On a busy machine all takes longer, and the next start too: some events must be ahead of that all the same.
    const horizonMs = 20_000 + 6 * (Date.now() - startedAtMs)
    const before = schedulerClient(first.endpoint)
    const inboxBefore = await before.collect(OUTPUT, 'power-cut')
    const due = new Map<string, number>()
    const lateMs = ({ attributes, atMs }: Received) => atMs - (due.get(attributes.event_id as string) ?? Infinity)
    /** Schedules events from `firstAtMs` on, for `lengthMs`. */
    const schedule = async (name: string, firstAtMs: number, lengthMs: number) => {
      const ids: string[] = []
      for (let dueAtMs = firstAtMs; dueAtMs < firstAtMs + lengthMs; dueAtMs += EVERY_MS) {
        const id = `${name}-${ids.length}`
        await before.publish({ id, date: iso(dueAtMs), target: OUTPUT, user: 'e2e', payload: 'x' })
        due.set(id, dueAtMs)
        ids.push(id)
      }
      return ids
    }

    const early = await schedule('before', Date.now() + 5_000, 10_000)
    await inboxBefore.until((received) => received.length >= early.length / 2, 60_000)
    // The power goes while events are being delivered, and as soon as the last one is acknowledged.
    await schedule('after', Date.now() + 1_000, horizonMs)
    await first.kill()
    const cutAtMs = Date.now()
    await inboxBefore.stop()
    before.close()
    await wait(OFF_MS)

    const second = await startProcess(dataDir)
    const restartedAtMs = Date.now()
    const after = schedulerClient(second.endpoint)
    const inbox = await after.collect(OUTPUT, 'power-cut')
    const all = () => [...inboxBefore.received, ...inbox.received]
    const arrived = () => new Set(all().map(({ attributes }) => attributes.event_id))
    // Long enough for the queue to hand out again what was being worked on: its visibility timeout is three minutes.
    await inbox.until(() => arrived().size === due.size, horizonMs + 200_000)
    await inbox.stop()
    after.close()
    await second.interrupt()

    const ids = [...due.keys()]
    expect(ids.filter((id) => !arrived().has(id))).to.deep.equal([])
    expect(all().filter((one) => lateMs(one) < 0)).to.deep.equal([])
    const dueBetween = (fromMs: number, toMs: number) =>
      inbox.received.filter(({ attributes }) => {
        const dueAtMs = due.get(attributes.event_id as string) ?? 0
        return dueAtMs > fromMs && dueAtMs <= toMs
      })
    expect(dueBetween(cutAtMs, restartedAtMs)).to.not.have.lengthOf(0)
    const ahead = dueBetween(restartedAtMs + AHEAD_MS, Infinity)
    expect(ahead).to.not.have.lengthOf(0)
    // What the machine made of events that nothing befell is what it can do.
    const usualMs = Math.max(...inboxBefore.received.map(lateMs))
    expect(Math.max(...ahead.map(lateMs))).to.be.below(ON_TIME_MS + usualMs)
  })
})
