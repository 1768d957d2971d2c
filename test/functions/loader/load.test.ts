import { expect } from 'chai'
import { emptySettlement } from '../../../core/settlement.ts'
import { runnerInput, type Slot } from '../../../core/slot.ts'
import { MINUTE_MS } from '../../support/builders.ts'
import { load, parkAt, slotOfMinute } from '../../support/minutes.ts'
import { aWorld } from '../../support/world.ts'

describe('the word that a runner ended badly', () => {
  const ended = (one: Slot, status = 'FAILED') => ({
    source: 'aws.states',
    detail: { name: one, status, input: runnerInput(one), stateMachineArn: 'arn' },
  })

  it('has its slot opened again at once, and nothing else done', async () => {
    const world = aWorld({ atMs: MINUTE_MS + 70_000 })
    await parkAt(world, 0, 1)
    await world.runners.start(slotOfMinute(0), runnerInput(slotOfMinute(0)))
    world.runners.end(slotOfMinute(0))
    await load(world, ended(slotOfMinute(0)))
    expect(world.runners.names()).to.deep.equal([slotOfMinute(0), `${slotOfMinute(0)}-2`])
    expect(await world.table.watermark()).to.equal(undefined)
  })

  it('does nothing when the slot is settled', async () => {
    const world = aWorld({ atMs: MINUTE_MS + 70_000 })
    await parkAt(world, 0)
    await world.table.settle(slotOfMinute(0), 0, emptySettlement())
    await load(world, ended(slotOfMinute(0)))
    expect(world.runners.names()).to.deep.equal([])
  })

  for (const [what, input] of [
    ['no JSON', 'nonsense'],
    ['no slot', '{}'],
  ] as const)
    it(`is taken for the minute when the execution’s input was ${what}`, async () => {
      const world = aWorld({ atMs: MINUTE_MS })
      await parkAt(world, 1)
      await load(world, { detail: { input, status: 'FAILED' } })
      expect(world.runners.names()).to.deep.equal([slotOfMinute(1)])
    })
})
