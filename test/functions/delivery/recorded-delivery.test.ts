import { expect } from 'chai'
import type { CheckpointWriter } from '../../../core/checkpoint.ts'
import { LAST_KEY } from '../../../core/event.ts'
import { delivering } from '../../../functions/delivery/delivering.ts'
import { startRecordedDelivery } from '../../../functions/delivery/recorded-delivery.ts'
import { anEvent, due, MINUTE_MS, topicArn } from '../../support/builders.ts'
import { aWorld } from '../../support/world.ts'

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
