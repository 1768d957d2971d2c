import { expect } from 'chai'
import { SLOT_MS } from '../../../core/timetable.ts'
import { retriers } from '../../../infra/definitions/retriers.ts'

describe('the retriers of a task', () => {
  const [notRun, failed] = retriers({ IntervalSeconds: 1, MaxAttempts: 3, BackoffRate: 1 })

  it('try a function that was not run for about as long as a slot lasts, with full jitter', () => {
    const { IntervalSeconds = 0, BackoffRate = 0, MaxDelaySeconds = 0, MaxAttempts = 0, JitterStrategy } = notRun ?? {}
    let longestSeconds = 0
    for (let i = 0; i < MaxAttempts; i++)
      longestSeconds += Math.min(IntervalSeconds * BackoffRate ** i, MaxDelaySeconds)
    expect(JitterStrategy).to.equal('FULL')
    // With full jitter half of it, on average.
    expect(longestSeconds * 500).to.be.within(0.8 * SLOT_MS, 1.2 * SLOT_MS)
  })

  it('take throttling and trouble of Lambda’s own for that, and not what may have left an invocation behind', () => {
    expect(notRun?.ErrorEquals).to.have.members([
      'Lambda.TooManyRequestsException',
      'Lambda.ServiceException',
      'Lambda.AWSLambdaException',
    ])
  })

  it('try anything else as they are told', () => {
    expect(failed).to.deep.equal({ ErrorEquals: ['States.ALL'], IntervalSeconds: 1, MaxAttempts: 3, BackoffRate: 1 })
  })
})
