import { expect } from 'chai'
import type { CheckpointWriter } from '../../../core/checkpoint.ts'
import { LAST_KEY } from '../../../core/event.ts'
import { MAX_BATCH_ENTRIES } from '../../../core/output-message.ts'
import { MAX_UNRECORDED } from '../../../functions/delivery/checkpointing.ts'
import { delivering } from '../../../functions/delivery/delivering.ts'
import { emptyTally } from '../../../functions/delivery/fate.ts'
import { startRecordedDelivery } from '../../../functions/delivery/recorded-delivery.ts'
import { MAX_IN_FLIGHT } from '../../../functions/delivery/target-queue.ts'
import { anEvent, due, MINUTE_MS, topicArn } from '../../support/builders.ts'
import { aWorld, type World } from '../../support/world.ts'

const SLOT = anEvent().slot

/** A recorded delivery at `MINUTE_MS`. @param readUpTo where its reader stands, if it has one */
function aRecordedDelivery(writer: CheckpointWriter, readUpTo?: () => string) {
  const world = aWorld({ atMs: MINUTE_MS })
  const checkpoints = async () => {
    const found = []
    for await (const page of world.table.checkpoints(SLOT, writer)) found.push(...page)
    return found
  }
  return { world, checkpoints, recorded: startRecordedDelivery(delivering(world), writer, readUpTo && { readUpTo }) }
}

describe('a recorded delivery', () => {
  it('writes down under its writer’s name what it has published, and how late', async () => {
    const { world, checkpoints, recorded } = aRecordedDelivery('settle')
    const [a, b] = [due(0), due(250)]
    await world.clock.advance(250)
    recorded.delivery.hold([a, b])
    await world.clock.run(recorded.finish())
    expect(await checkpoints()).to.deep.equal([{ delivered: [a.key, b.key], upTo: LAST_KEY, lateMs: [250, 0] }])
  })

  it('counts how many events met which end', async () => {
    const { world, recorded } = aRecordedDelivery('settle')
    world.topics.fail(topicArn('gone'), 'TARGET_NOT_FOUND')
    world.topics.fail(topicArn('down'), 'TARGET_UNAVAILABLE')
    recorded.delivery.hold([
      due(0),
      due(0),
      due(0, { target: topicArn('gone') }),
      due(0, { target: topicArn('down') }),
      due(-2, { latestAtMs: MINUTE_MS - 1 }),
    ])
    await world.clock.run(recorded.finish())
    expect(Object.values(recorded.tally).filter((count) => count > 0)).to.have.members([2, 1, 1, 1])
    expect(recorded.tally).to.include({ delivered: 2, failed: 1, expired: 1 })
  })

  it('writes down what it has published though its end fails', async () => {
    const { world, checkpoints, recorded } = aRecordedDelivery('settle')
    world.topics.fail(topicArn('gone'), 'TARGET_NOT_FOUND')
    world.table.conclude = () => Promise.reject(new Error('refused'))
    const published = due(0)
    recorded.delivery.hold([published, due(0, { target: topicArn('gone') })])
    const fault = await world.clock.run(recorded.finish()).catch((error: unknown) => error)
    expect(fault).to.have.property('message', 'refused')
    expect((await checkpoints()).map(({ delivered }) => delivered)).to.deep.equal([[published.key]])
  })
})

describe('a recorded delivery whose checkpoints the table does not take', () => {
  const some = (count: number) => Array.from({ length: count }, () => due(0))

  /** A delivery of as many events, whose checkpoints fail until told otherwise. */
  function held(count: number) {
    const world = aWorld({ atMs: MINUTE_MS })
    const takes = { checkpoints: false }
    const checkpoint: World['table']['checkpoint'] = (...args) =>
      takes.checkpoints ? world.table.checkpoint(...args) : Promise.reject(new Error('throttled'))
    const recorded = startRecordedDelivery(delivering({ ...world, table: { ...world.table, checkpoint } }), 'settle')
    recorded.delivery.hold(some(count))
    return { world, takes, recorded, published: () => world.topics.received(topicArn()).length }
  }

  it('publishes no more than is due in the second of a burst, and what was under way: a crash would double all of it', async () => {
    const { world, takes, recorded, published } = held(2 * MAX_UNRECORDED)
    await world.clock.advance(10_000)
    expect(published()).to.be.within(MAX_UNRECORDED, MAX_UNRECORDED + MAX_IN_FLIGHT * MAX_BATCH_ENTRIES)
    takes.checkpoints = true
    await world.clock.run(recorded.finish())
    expect(published()).to.equal(2 * MAX_UNRECORDED)
  })

  it('goes on at once when they are taken', async () => {
    const { world, takes, published } = held(MAX_UNRECORDED + 1_000)
    await world.clock.advance(2_500)
    takes.checkpoints = true
    await world.clock.advance(500)
    expect(published()).to.equal(MAX_UNRECORDED + 1_000)
  })

  it('takes what waited for it as on time: its target is not behind', async () => {
    const { world, takes, recorded } = held(2 * MAX_UNRECORDED)
    await world.clock.advance(60_000)
    takes.checkpoints = true
    await world.clock.run(recorded.finish())
    expect(recorded.tally).to.deep.equal({ ...emptyTally(), delivered: 2 * MAX_UNRECORDED })
  })
})

describe('where a new emitter goes on', () => {
  it('is the first event not done with, and where the reader stands when there is none', async () => {
    let position = 'where it stood first'
    const { world, checkpoints, recorded } = aRecordedDelivery(0, () => position)
    const [a, b] = [due(100), due(1_500)]
    recorded.delivery.hold([a, b])
    await world.clock.advance(1_000)
    position = 'where it stands'
    await world.clock.run(recorded.finish())
    expect((await checkpoints()).map(({ delivered, upTo }) => [delivered, upTo])).to.deep.equal([
      [[a.key], b.key],
      [[b.key], 'where it stands'],
    ])
  })

  it('is the first event that was let go of, not where the reader stands, when the delivery is abandoned', async () => {
    const { world, checkpoints, recorded } = aRecordedDelivery(0, () => LAST_KEY)
    const [a, b] = [due(100), due(30_000)]
    recorded.delivery.hold([a, b])
    await world.clock.advance(100)
    recorded.abandon()
    await world.clock.run(recorded.finish())
    expect(world.clock.now()).to.be.below(MINUTE_MS + 1_000)
    expect((await checkpoints()).map(({ delivered, upTo }) => [delivered, upTo])).to.deep.equal([[[a.key], b.key]])
  })

  it('is where the reader stands when nothing was left to let go of', async () => {
    const { world, checkpoints, recorded } = aRecordedDelivery(0, () => 'where it stands')
    recorded.delivery.hold([due(0)])
    await world.clock.advance(0)
    recorded.abandon()
    await world.clock.run(recorded.finish())
    expect((await checkpoints()).map(({ upTo }) => upTo)).to.deep.equal(['where it stands'])
  })
})
