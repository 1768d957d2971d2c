import { expect } from 'chai'
import { openJudge } from './judge.ts'
import { openStrikes } from './strikes.ts'

const DUE_MS = Date.parse('2026-11-23T12:34:00Z')

/** A judge of one event, which was scheduled ten minutes ahead, and whose cancel was asked for a minute ahead. */
function aJudge() {
  let nowMs = DUE_MS - 600_000
  const now = () => nowMs
  const judge = openJudge(now, openStrikes(now))
  judge.scheduled('a', DUE_MS)
  nowMs = DUE_MS - 60_000
  judge.cancelRequested('a', DUE_MS)
  const told = (code: string) =>
    judge.notified({ code, event: { id: 'a', date: new Date(DUE_MS).toISOString(), action: 'cancel' } })
  const close = () => {
    judge.close(DUE_MS + 1)
    return { ...judge.account(), violation: judge.violation()?.message }
  }
  return { judge, told, close }
}

describe('the judge of a cancel', () => {
  it('counts an event as cancelled whose cancel was taken', () => {
    expect(aJudge().close()).to.include({ cancelled: 1, violation: undefined })
  })

  it('calls an event lost whose cancel was refused, and which then does not go out', () => {
    const { told, close } = aJudge()
    told('TOO_LATE')
    expect(close().violation).to.match(/^LOST: a/)
  })

  it('counts an event as cancelled whose cancel came before it, which stands', () => {
    const { told, close } = aJudge()
    told('EVENT_NOT_FOUND')
    expect(close()).to.include({ cancelled: 1, violation: undefined })
  })

  it('counts an event as cancelled when a second cancel is taken after a first was refused', () => {
    const { judge, told, close } = aJudge()
    told('TOO_LATE')
    judge.cancelRequested('a', DUE_MS)
    expect(close()).to.include({ cancelled: 1, violation: undefined })
  })

  it('calls an event lost of which nothing was seen', () => {
    const now = () => DUE_MS - 600_000
    const judge = openJudge(now, openStrikes(now))
    judge.scheduled('a', DUE_MS)
    judge.close(DUE_MS + 1)
    expect(judge.violation()?.message).to.match(/^LOST: a/)
  })
})
