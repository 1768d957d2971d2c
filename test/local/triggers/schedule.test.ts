import { createClock } from '@sinonjs/fake-timers'
import { expect } from 'chai'
import * as sinon from 'sinon'
import { startSchedule } from '../../../local/triggers/schedule.ts'

describe('a local schedule', () => {
  it('ticks at the start and then at its rate, whether or not a tick fails, until it is stopped', () => {
    const clock = createClock(0)
    sinon.replace(globalThis, 'setInterval', clock.setInterval as unknown as typeof setInterval)
    sinon.replace(globalThis, 'clearInterval', clock.clearInterval as unknown as typeof clearInterval)
    const ticks: number[] = []
    const invoke = async () => {
      ticks.push(clock.now)
      throw new Error('fails')
    }
    const schedule = startSchedule({ name: 's', expression: 'rate(1 minute)', invoke })
    clock.tick(120_000)
    schedule.stop()
    clock.tick(120_000)
    sinon.restore()
    expect(ticks).to.deep.equal([0, 60_000, 120_000])
  })

  it('is refused when its expression is not a rate', () => {
    const schedule = { name: 's', expression: 'cron(* * * * ? *)', invoke: async () => {} }
    expect(() => startSchedule(schedule)).to.throw('knows rate(n minutes|hours|days), not cron')
  })
})
