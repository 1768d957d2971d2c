import { expect } from 'chai'
import type { InputMessage } from '../../aws/input-topic.ts'
import { changingAll } from '../../client/changing-all.ts'
import type { Client } from '../../client/client.ts'
import type { ListedEvent, ListFilter } from '../../client/event-list.ts'
import type { ClientParts } from '../../client/parts.ts'
import { MINUTE_MS } from '../support/builders.ts'
import { fakeClock } from '../support/fake-clock.ts'

const HOUR_MS = 3_600_000
const SPAN = { from: new Date(MINUTE_MS), to: MINUTE_MS + 2 * HOUR_MS }

/** Events that stand in a list as long as nothing moves or cancels them: what is sent is done at once. */
function scheduler(dueAtMs: number[]) {
  const clock = fakeClock(MINUTE_MS)
  const events = new Map(dueAtMs.map((atMs, i) => [`event-${i}`, atMs]))
  const sent: { action: string; id: string; date: string; new_date?: string }[] = []
  const asked: ListFilter[] = []
  const topic = {
    async publishBatch(messages: readonly InputMessage[]) {
      for (const { text } of messages) {
        const message = JSON.parse(text)
        sent.push(message)
        expect(events.get(message.id), 'the date of the event').to.equal(Date.parse(message.date))
        if (message.action === 'cancel') events.delete(message.id)
        else events.set(message.id, Date.parse(message.new_date))
      }
      return messages.map(() => ({ ok: true as const, messageId: 'taken' }))
    },
  }
  const list = async function* (filter: ListFilter = {}): AsyncGenerator<ListedEvent> {
    asked.push(filter)
    for (const [id, atMs] of events)
      yield { id, dueAtMs: atMs, status: 'pending', slot: 'a slot', key: id, attempts: [], cursor: id }
  }
  const parts = {
    clock,
    topic: async () => topic,
    checking: () => ({ rules: { allowedTargets: ['*'], enforceUser: true }, nowMs: clock.now() }),
  } as unknown as ClientParts
  return { events, sent, asked, clock, ...changingAll(parts, list as Client['list']) }
}
const later = (...afterMs: number[]) => afterMs.map((ms) => MINUTE_MS + ms)

describe('cancelling many events', () => {
  it('cancels each that is pending, by its id and date', async () => {
    const { events, sent, asked, cancelAll } = scheduler(later(1_000, 2_000))
    expect(await cancelAll({ ...SPAN, user: 'me' })).to.include({ matched: 2, sent: 2, refused: 0 })
    expect(events.size).to.equal(0)
    expect(sent.map(({ action }) => action)).to.deep.equal(['cancel', 'cancel'])
    const span = { from: MINUTE_MS, to: MINUTE_MS + 2 * HOUR_MS }
    expect(asked).to.deep.equal([{ ...span, user: 'me', status: ['pending', 'retrying'] }])
  })
})

describe('which events are changed', () => {
  it('are those of the asked statuses to which the change can be made', async () => {
    const { asked, cancelAll } = scheduler(later(1_000))
    await cancelAll({ ...SPAN, status: 'retrying' }, { dryRun: true })
    await cancelAll({ ...SPAN, status: ['failed', 'pending'] }, { dryRun: true })
    await cancelAll({ ...SPAN, status: ['failed'] }, { dryRun: true })
    expect(asked.map(({ status }) => status)).to.deep.equal([['retrying'], ['pending'], []])
  })
})

describe('moving many events', () => {
  it('moves each by as much', async () => {
    const { events, rescheduleAll } = scheduler(later(0, 1_000))
    await rescheduleAll(SPAN, { by: '1h' })
    expect([...events.values()]).to.deep.equal(later(HOUR_MS, HOUR_MS + 1_000))
  })

  it('moves all to one date, which is the same for all however long it takes', async () => {
    const { events, rescheduleAll, clock } = scheduler(later(1, 2))
    await rescheduleAll(SPAN, { to: { in: '1h' } }, { onProgress: () => clock.advance(1_000) })
    expect(new Set(events.values())).to.deep.equal(new Set(later(HOUR_MS)))
  })

  it('leaves out those that have that date already', async () => {
    const { sent, rescheduleAll } = scheduler(later(1, HOUR_MS))
    expect(await rescheduleAll(SPAN, { to: { in: '1h' } })).to.include({ matched: 1, refused: 0 })
    expect(sent).to.have.length(1)
  })

  for (const [what, shift] of [
    ['later', { by: '1s' }],
    ['earlier', { by: '-1s' }],
    ['to one date', { to: { in: '500ms' } }],
  ] as const)
    it(`moves each once, though it is cut off and goes on where moved events match again: ${what}`, async () => {
      const dues = later(...Array.from({ length: 95 }, (_, i) => 100_000 + i * 100))
      const { events, sent, clock, rescheduleAll } = scheduler(dues)
      let kept: string | undefined
      const killed = rescheduleAll(SPAN, shift, {
        concurrency: 1,
        onProgress(progress) {
          kept = progress.resume
          if (progress.sent === 40) throw new Error('killed')
        },
      })
      expect(await killed.catch((error: Error) => error.message)).to.equal('killed')
      await clock.advance(60_000)
      await rescheduleAll(SPAN, shift, { ...(kept === undefined ? {} : { resume: kept }) })
      const expected = dues.map((atMs) =>
        'to' in shift ? MINUTE_MS + 500 : atMs + (shift.by === '1s' ? 1_000 : -1_000),
      )
      expect([...events.values()]).to.deep.equal(expected)
      expect(sent).to.have.length(95)
    })

  it('is refused where it goes on from what no run has told', async () => {
    const { rescheduleAll } = scheduler([])
    const fault = await rescheduleAll(SPAN, { by: '1s' }, { resume: 'yesterday' }).catch((error) => error)
    expect(fault).to.include({ code: 'FILTER_INVALID' })
    expect(fault.message).to.contain('resume is "yesterday"')
  })
})

describe('changing many events', () => {
  for (const [what, filter] of [
    ['no span', {}],
    ['no end', { from: MINUTE_MS }],
    ['no beginning', { to: MINUTE_MS }],
    ['an end before the beginning', { from: MINUTE_MS, to: 0 }],
  ] as const)
    it(`is refused for ${what}, so that none is changed by mistake`, async () => {
      const { cancelAll, rescheduleAll, asked } = scheduler(later(1))
      for (const work of [cancelAll(filter as never), rescheduleAll(filter as never, { by: '1s' })])
        expect(await work.catch(({ code }) => code)).to.equal('FILTER_INVALID')
      expect(asked).to.deep.equal([])
    })
})
