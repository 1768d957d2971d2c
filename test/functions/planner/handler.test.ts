import { expect } from 'chai'
import { handler } from '../../../functions/planner/handler.ts'
import { asDeployed, refusal } from '../../support/deployed.ts'

describe('the planner, as deployed', () => {
  asDeployed()

  it('answers with segments and the time to settle', async () => {
    const plan = await handler({ slot: '2026-11-23T12-34Z-00', ignored: true })
    expect(plan.settleAt).to.equal('2026-11-23T12:35:10Z')
    expect(plan.segments.map(({ wakeAt }) => wakeAt)).to.deep.equal(['2026-11-23T12:33:56Z'])
  })

  it('refuses an input without a slot', async () => {
    expect(await refusal(() => handler({}))).to.equal('INPUT_INVALID')
  })
})
