import { expect } from 'chai'
import { CLOCK_SKEW_MS, OVERTAKEN_MS } from '../../../core/timetable.ts'
import { waitForOther, waitForOvertaken } from '../../../functions/validator/waiting.ts'
import { NOW_MS } from '../../support/arriving.ts'
import { fakeClock } from '../../support/fake-clock.ts'

describe('waiting for what a request may have overtaken', () => {
  it('ends a second after the request was published, and does not begin after that', async () => {
    for (const [agoMs, waitMs] of [
      [OVERTAKEN_MS, 0],
      [OVERTAKEN_MS - 1, 1],
      [0, OVERTAKEN_MS],
    ] as const) {
      const clock = fakeClock(NOW_MS)
      const publication = { messageId: 'this one', atMs: NOW_MS - agoMs }
      expect(await clock.run(waitForOvertaken({ clock }, { publication }, (wait) => wait()))).to.equal(waitMs > 0)
      expect(clock.now()).to.equal(NOW_MS + waitMs)
    }
  })

  it('lasts a second at most, by a clock that is behind', async () => {
    const clock = fakeClock(NOW_MS)
    const publication = { messageId: 'this one', atMs: NOW_MS + 60_000 }
    await clock.run(waitForOvertaken({ clock }, { publication }, (wait) => wait()))
    expect(clock.now()).to.equal(NOW_MS + OVERTAKEN_MS)
  })
})

describe('waiting for what another request is about to do', () => {
  it('lasts half a second at least, a second at most, and does not begin a second after this one was published by whatever clock', async () => {
    for (const [agoMs, waitMs] of [
      [OVERTAKEN_MS + CLOCK_SKEW_MS, 0],
      [OVERTAKEN_MS + CLOCK_SKEW_MS - 1, OVERTAKEN_MS / 2],
      [OVERTAKEN_MS / 2, OVERTAKEN_MS / 2],
      [OVERTAKEN_MS / 2 - 1, OVERTAKEN_MS / 2 + 1],
      [0, OVERTAKEN_MS],
      [-60_000, OVERTAKEN_MS],
    ] as const) {
      const clock = fakeClock(NOW_MS)
      const publication = { messageId: 'this one', atMs: NOW_MS - agoMs }
      expect(await clock.run(waitForOther({ clock }, { publication }))).to.equal(waitMs > 0)
      expect(clock.now(), `published ${agoMs} ms ago`).to.equal(NOW_MS + waitMs)
    }
  })
})
