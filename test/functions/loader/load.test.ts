import { expect } from 'chai'
import { emptySettlement } from '../../../core/settlement.ts'
import { runnerInput, type Slot, slotAt } from '../../../core/slot.ts'
import { anEvent, MINUTE_MS } from '../../support/builders.ts'
import { aWorld, functionsOf, type World } from '../../support/world.ts'

const load = (world: World, input: unknown = {}) => world.clock.run(functionsOf(world).loader(input))
const minute = (n: number) => MINUTE_MS + n * 60_000
const slot = (n: number): Slot => slotAt(minute(n), 0)
const parkAt = async (world: World, ...minutes: number[]) => {
  for (const n of minutes) await world.table.park([anEvent({ dueAtMs: minute(n) + 30_000, shards: world.shards })])
}

describe('the word that a runner ended badly', () => {
  const ended = (one: Slot, status = 'FAILED') => ({
    source: 'aws.states',
    detail: { name: one, status, input: runnerInput(one), stateMachineArn: 'arn' },
  })

  it('has its slot opened again at once, and nothing else done', async () => {
    const world = aWorld({ atMs: MINUTE_MS + 70_000 })
    await parkAt(world, 0, 1)
    await world.runners.start(slot(0), runnerInput(slot(0)))
    world.runners.end(slot(0))
    await load(world, ended(slot(0)))
    expect(world.runners.names()).to.deep.equal([slot(0), `${slot(0)}-2`])
    expect(await world.table.watermark()).to.equal(undefined)
  })

  it('does nothing when the slot is settled', async () => {
    const world = aWorld({ atMs: MINUTE_MS + 70_000 })
    await parkAt(world, 0)
    await world.table.settle(slot(0), 0, emptySettlement())
    await load(world, ended(slot(0)))
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
      expect(world.runners.names()).to.deep.equal([slot(1)])
    })
})
