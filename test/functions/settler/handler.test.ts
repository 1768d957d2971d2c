import { expect } from 'chai'
import { SchedulerError } from '../../../core/errors.ts'
import { settleAtMs, slotAt } from '../../../core/slot.ts'
import { handler } from '../../../functions/settler/handler.ts'
import { anEvent, MINUTE_MS, topicArn } from '../../support/builders.ts'
import { asDeployed, refusal } from '../../support/deployed.ts'
import { aWorld, functionsOf, type World } from '../../support/world.ts'

const SLOT = slotAt(MINUTE_MS, 0)
const SETTLE_MS = settleAtMs(SLOT)
const settle = (world: World) => world.clock.run(functionsOf(world).settler({ slot: SLOT }))

describe('the settler', () => {
  it('answers with the instant at which it may settle while that is ahead, down to the last millisecond', async () => {
    const world = aWorld({ atMs: SETTLE_MS - 1 })
    expect(await settle(world)).to.deep.equal({ settled: false, settleAt: '2026-11-23T12:35:10Z' })
    await world.clock.advance(1)
    expect(await settle(world)).to.have.property('settled', true)
  })

  it('rounds the instant up to the whole seconds of Wait: woken sooner, it would settle nothing again', async () => {
    const event = anEvent({ dueAtMs: MINUTE_MS })
    const world = aWorld({ atMs: SETTLE_MS + 1 })
    await world.table.park([event])
    await world.table.claim(event, 'somebody else')
    expect(await settle(world)).to.deep.equal({ settled: false, settleAt: '2026-11-23T12:36:11Z' })
  })

  it('measures and logs what it has settled, once', async () => {
    const world = aWorld({ atMs: SETTLE_MS })
    world.topics.fail(topicArn('gone'), 'TARGET_NOT_FOUND')
    await world.table.park([anEvent(), anEvent({ target: topicArn('gone') })])
    expect(await settle(world)).to.include({ settled: true, slot: SLOT, delivered: 1, failed: 1 })
    expect([world.metrics.sum('Delivered'), world.metrics.sum('Failed')]).to.deep.equal([1, 1])
    expect(world.metrics.sum('LatenessMax')).to.equal(SETTLE_MS - MINUTE_MS - 30_000)
    expect(world.log.of('settled')).to.have.length(1)
  })

  it('measures no lateness where nothing was delivered', async () => {
    const world = aWorld({ atMs: SETTLE_MS })
    await settle(world)
    expect(world.metrics.published).to.deep.equal([{ Delivered: 0, Failed: 0 }])
  })

  it('measures how many items it cannot read', async () => {
    const world = aWorld({ atMs: SETTLE_MS })
    const runnerRecord = () => Promise.reject(new SchedulerError('ITEM_UNREADABLE', 'of a newer version'))
    expect(await settle({ ...world, table: { ...world.table, runnerRecord } })).to.have.property('settled', false)
    expect(world.metrics.published).to.deep.equal([{ Unreadable: 1 }])
  })

  it('measures nothing before it has settled', async () => {
    const world = aWorld({ atMs: SETTLE_MS - 1 })
    await settle(world)
    expect([world.metrics.published, world.log.of('settled')]).to.deep.equal([[], []])
  })
})

describe('the settler, as deployed', () => {
  asDeployed()

  it('answers with the account of a slot, as the console shows it', async () => {
    const slot = '2020-01-01T00-00Z-00'
    const account = { events: 0, delivered: 0, failed: 0, cancelled: 0, expired: 0, retrying: 0, deliveredBySettler: 0 }
    expect(await handler({ slot, reports: [] })).to.deep.include({ settled: true, slot, ...account })
  })

  it('answers with a time in whole seconds while it is too early', async () => {
    const answer = await handler({ slot: slotAt(Date.now() + 600_000, 0) })
    expect(answer.settled).to.equal(false)
    const { settleAt = '' } = answer as { settleAt?: string }
    expect(settleAt).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  })

  it('refuses a slot that is not a text', async () => {
    expect(await refusal(() => handler({ slot: 7 }))).to.equal('INPUT_INVALID')
  })
})
