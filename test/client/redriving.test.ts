import { expect } from 'chai'
import { due, MINUTE_MS } from '../support/builders.ts'
import { clientOf } from '../support/client-of.ts'

const events = Array.from({ length: 45 }, (_, i) => due(i, { id: `event-${i}` }))
const SPAN = { from: MINUTE_MS, to: MINUTE_MS + 60_000 }

/** A client of events of which those at these places have failed. */
async function failed(...places: number[]) {
  const made = await clientOf(events)
  for (const place of places) {
    const { slot, key } = events[place] as (typeof events)[number]
    await made.table.conclude({ slot, key, kind: 'failed', atMs: 1 })
  }
  return made
}

describe('redriving', () => {
  it('publishes an event that has failed again, as it was', async () => {
    const { client, sent } = await failed(3)
    const { id, dueAtMs } = await client.redrive({ id: 'event-3', date: MINUTE_MS + 3 })
    expect({ id, dueAtMs }).to.deep.equal({ id: 'event-3', dueAtMs: MINUTE_MS + 3 })
    const { date, target, user, payload } = events[3] as (typeof events)[number]
    expect(sent).to.deep.equal([{ id: 'event-3', date, target, user, payload }])
  })

  it('publishes nothing of one that has not', async () => {
    const { client, sent } = await failed()
    const fault = await client.redrive({ id: 'event-3', date: MINUTE_MS + 3 }).catch(({ code }) => code)
    expect(fault).to.equal('EVENT_EXISTS')
    expect(sent).to.deep.equal([])
  })

  it('counts those that have failed, and publishes each once', async () => {
    const places = Array.from({ length: 25 }, (_, i) => i)
    const { client, sent } = await failed(...places)
    expect(await client.redriveAll(SPAN, { dryRun: true })).to.include({ matched: 25, sent: 0 })
    expect(sent).to.deep.equal([])
    expect(await client.redriveAll(SPAN)).to.include({ matched: 25, sent: 25, refused: 0 })
    expect(sent.map(({ id }) => id)).to.deep.equal(places.map((place) => `event-${place}`))
  })
})
