import { expect } from 'chai'
import { systemClock } from '../../aws/system-clock.ts'

describe('the system clock', () => {
  it('shows the machine’s time', () => {
    expect(Math.abs(systemClock.now() - Date.now())).to.be.below(50)
  })

  it('sleeps', async () => {
    const startMs = performance.now()
    await systemClock.sleep(10)
    expect(performance.now() - startMs).to.be.at.least(9)
  })

  it('wakes at once when it is aborted', async () => {
    const controller = new AbortController()
    const slept = systemClock.sleep(60_000, controller.signal)
    controller.abort()
    await slept
  })

  it('does not sleep when it was aborted before', async () => {
    await systemClock.sleep(60_000, AbortSignal.abort())
  })

  it('takes a time that has passed for none', async () => {
    await systemClock.sleep(-5)
  })
})
