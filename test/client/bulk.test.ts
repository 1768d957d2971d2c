import { expect } from 'chai'
import type { InputMessage, Publishing } from '../../aws/input-topic.ts'
import { type BulkChange, type BulkEvent, type BulkOptions, type BulkProgress, changeAll } from '../../client/bulk.ts'
import { SchedulerError } from '../../core/errors.ts'
import { MINUTE_MS } from '../support/builders.ts'
import { fakeClock } from '../support/fake-clock.ts'

const REFUSED = new SchedulerError('DATE_OUT_OF_RANGE', 'A sentence.')
const eventAt = (afterMs: number, id = `event-${afterMs}`) => ({ id, dueAtMs: MINUTE_MS + afterMs })

/** Events in a table, and what was sent to change them. */
function runs(events: BulkEvent[], order: BulkChange['order'] = 'first to last') {
  const sent: string[] = []
  const parts = {
    topic: {
      async publishBatch(messages: readonly InputMessage[]): Promise<Publishing[]> {
        sent.push(...messages.map(({ text }) => text))
        return messages.map(() => ({ ok: true, messageId: 'taken' }))
      },
    },
    prepare: ({ id, dueAtMs }: BulkEvent) => {
      if (id === 'refused') throw REFUSED
      return { text: id, receipt: { id, date: 'a date', dueAtMs } }
    },
    clock: fakeClock(MINUTE_MS),
  }
  const matching = async function* () {
    yield* events
  }
  const run = (options?: BulkOptions) => changeAll({ matching: matching(), order, parts }, options)
  return { sent, run }
}

describe('a change of many events', () => {
  it('changes each, the first that is due first', async () => {
    const { sent, run } = runs([eventAt(2), eventAt(3), eventAt(1)])
    expect(await run()).to.deep.include({ matched: 3, sent: 3, refused: 0, refusals: [] })
    expect(sent).to.deep.equal(['event-1', 'event-2', 'event-3'])
  })

  it('changes the last one first where each goes later', async () => {
    const { sent, run } = runs([eventAt(2), eventAt(3), eventAt(1)], 'last to first')
    await run()
    expect(sent).to.deep.equal(['event-3', 'event-2', 'event-1'])
  })

  it('counts, and changes nothing, where it is only tried', async () => {
    const { sent, run } = runs([eventAt(2), eventAt(3)])
    expect(await run({ dryRun: true })).to.deep.include({ matched: 2, sent: 0, refused: 0 })
    expect(sent).to.deep.equal([])
  })

  it('is of each event once, though a list may tell of it twice', async () => {
    const { sent, run } = runs([eventAt(1), eventAt(1)])
    expect(await run()).to.deep.include({ matched: 1, sent: 1 })
    expect(sent).to.deep.equal(['event-1'])
  })

  it('takes two events of one id at two dates for two', async () => {
    const { run } = runs([eventAt(1, 'one'), eventAt(2, 'one')])
    expect(await run()).to.deep.include({ matched: 2, sent: 2 })
  })

  it('tells what was refused, and goes on', async () => {
    const { run } = runs([eventAt(1), eventAt(2, 'refused'), eventAt(3)])
    const { sent, refused, refusals } = await run()
    expect({ sent, refused }).to.deep.equal({ sent: 2, refused: 1 })
    expect(refusals).to.deep.equal([{ event: eventAt(2, 'refused'), error: REFUSED }])
  })

  it('tells how many there are before it changes any, and then how far it has come', async () => {
    const told: BulkProgress[] = []
    const { sent, run } = runs([eventAt(1), eventAt(2)])
    await run({
      onProgress(progress) {
        if (told.length === 0) expect(sent).to.deep.equal([])
        told.push(progress)
      },
    })
    expect(told.map(({ matched, sent }) => [matched, sent])).to.deep.equal([
      [2, 0],
      [2, 1],
      [2, 2],
    ])
  })

  for (const order of ['first to last', 'last to first'] as const)
    it(`goes on where it was cut off, and leaves out and doubles nothing: ${order}`, async () => {
      const events = Array.from({ length: 95 }, (_, i) => eventAt(i))
      const { sent, run } = runs(events, order)
      let kept: string | undefined
      // The crash comes after something was sent that nobody has kept.
      const crash = run({
        concurrency: 1,
        onProgress({ resume, sent }) {
          if (sent === 33) throw new Error('killed')
          kept = resume
        },
      })
      expect(await crash.catch((error: Error) => error.message)).to.equal('killed')
      const before = sent.splice(0)
      const report = await run({ resume: kept })
      expect(report.matched).to.equal(95 - 32)
      expect(new Set([...before, ...sent]).size).to.equal(95)
      // What was under way at the crash is sent again, no more: to send a change again changes nothing.
      expect(before.filter((id) => sent.includes(id)).length).to.be.at.most(20)
    })

  it('tells to go on from where all are done, though later ones are done already', async () => {
    const clock = fakeClock(MINUTE_MS)
    let first = true
    const topic = {
      async publishBatch(messages: readonly InputMessage[]): Promise<Publishing[]> {
        const tookMs = first ? 1_000 : 1
        first = false
        await clock.sleep(tookMs)
        return messages.map(() => ({ ok: true, messageId: 'taken' }))
      },
    }
    const prepare = ({ id, dueAtMs }: BulkEvent) => ({ text: id, receipt: { id, date: 'a date', dueAtMs } })
    const matching = (async function* () {
      for (let i = 0; i < 20; i++) yield eventAt(i)
    })()
    const told: BulkProgress[] = []
    const change: BulkChange = { matching, order: 'first to last', parts: { topic, prepare, clock } }
    await clock.run(changeAll(change, { onProgress: (progress) => told.push(progress) }))
    const early = told.filter(({ sent }) => sent <= 10)
    expect(early.map(({ resume }) => resume)).to.deep.equal(early.map(() => undefined))
    expect(told.at(-1)?.resume).to.match(/#event-19$/)
  })

  it('of nothing is done at once', async () => {
    expect(await runs([]).run()).to.deep.equal({ matched: 0, sent: 0, refused: 0, resume: undefined, refusals: [] })
  })
})
