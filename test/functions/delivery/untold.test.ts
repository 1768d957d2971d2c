import { expect } from 'chai'
import type { FailureCode } from '../../../core/errors.ts'
import type { ScheduledEvent } from '../../../core/event.ts'
import { GIVE_UP_AFTER_MS } from '../../../core/timetable.ts'
import { FAULTS, failingAt } from '../../support/breaking.ts'
import { due, FAILURE_TOPIC, MINUTE_MS, topicArn } from '../../support/builders.ts'
import { drain } from '../../support/drain.ts'
import { aWorld, stepsOf, type World } from '../../support/world.ts'

const GONE = topicArn('gone')
const OWN = topicArn('my-failures')
const HOUR_MINUTES = 60

/** A world in which the settler finds events; those to `GONE` fail for good, and no failure topic takes a notice. */
async function aWorldUntold(events: ScheduledEvent[], code: FailureCode = 'TARGET_DENIED') {
  const world = aWorld({ atMs: MINUTE_MS + 70_000 })
  await world.table.park(events)
  for (const { slot } of events) await stepsOf(world).openSlot(slot)
  world.topics.fail(GONE, 'TARGET_NOT_FOUND')
  for (const topic of [FAILURE_TOPIC, OWN]) world.topics.fail(topic, code)
  return world
}

const failing = (fields: Partial<ScheduledEvent> = {}) => due(30_000, { target: GONE, failureTopic: OWN, ...fields })
const settle = (world: World, { slot }: ScheduledEvent) => world.clock.run(stepsOf(world).settleSlot(slot))

/** The items of an event's chain: where it goes on. */
async function chainOf(world: World, event: ScheduledEvent) {
  const chain: ScheduledEvent[] = []
  for (let at: { slot: string; key: string } | undefined = event; at; ) {
    const { events, outcomes }: Awaited<ReturnType<World['table']['lookUp']>> = await world.table.lookUp([at])
    chain.push(...events)
    at = outcomes[0]?.next
  }
  return chain
}

describe('a failure topic that is gone', () => {
  for (const code of ['TARGET_NOT_FOUND', 'TARGET_DENIED', 'TARGET_UNAVAILABLE'] as const)
    it(`does not keep the slot from being settled, nor its healthy events from going out: ${code}`, async () => {
      const event = failing()
      const healthy = Array.from({ length: 300 }, (_, i) => due(30_000 + i))
      const world = await aWorldUntold([event, ...healthy], code)
      const { settled, ...rest } = await settle(world, event)
      expect(settled).to.equal(true)
      expect('settlement' in rest && rest.settlement).to.include({ delivered: 300, retrying: 1, failed: 0 })
    })

  it('has its event told as soon as it is back, without another publish, and ended as it failed', async () => {
    const event = failing()
    const world = await aWorldUntold([event])
    await settle(world, event)
    await drain(world, 5)
    const publishes = world.topics.calls.length
    world.topics.fail(OWN, undefined)
    await drain(world, 20)
    const [notice, ...others] = world.topics.notices(OWN)
    expect(others).to.deep.equal([])
    expect(notice).to.include({ code: 'TARGET_NOT_FOUND', id: event.id })
    expect(notice?.error).to.match(/in 1 attempt;/)
    expect(notice?.event).to.not.have.property('untold')
    expect([publishes, world.topics.calls.length]).to.deep.equal([1, 1])
    const chain = await chainOf(world, event)
    const [outcome] = await world.table.outcomesOf(chain.slice(-1))
    expect(outcome).to.include({ kind: 'failed', reason: 'TARGET_NOT_FOUND: scripted', attempts: 1 })
    expect(chain.map(({ attempt }) => attempt)).to.deep.equal(chain.map(() => 1))
    expect(new Set(chain.map(({ key }) => key)).size).to.equal(chain.length)
  })

  it('has an expired event stay expired', async () => {
    const event = failing({ target: topicArn(), latestAtMs: MINUTE_MS + 31_000, latest: 'then' })
    const world = await aWorldUntold([event])
    await settle(world, event)
    world.topics.fail(OWN, undefined)
    await drain(world, 10)
    expect(world.topics.notices(OWN).map(({ code }) => code)).to.deep.equal(['EXPIRED'])
    const [outcome] = await world.table.outcomesOf((await chainOf(world, event)).slice(-1))
    expect(outcome).to.include({ kind: 'expired', reason: 'latest then passed' })
  })

  it('is tried after as long again as it has been, at most an hour, until a day is over; then a person is told', async () => {
    const event = failing()
    const world = await aWorldUntold([event])
    await settle(world, event)
    await drain(world, 27 * HOUR_MINUTES)
    const chain = await chainOf(world, event)
    const atMs = chain.map(({ emitAtMs }) => emitAtMs - MINUTE_MS)
    expect(chain.length).to.be.within(25, 45)
    expect(atMs.at(-1)).to.be.within(GIVE_UP_AFTER_MS - 2 * 3_600_000, GIVE_UP_AFTER_MS + 80_000)
    const [outcome] = await world.table.outcomesOf(chain.slice(-1))
    expect(outcome).to.include({ kind: 'failed' })
    expect(outcome?.reason).to.match(
      /^TARGET_NOT_FOUND: scripted; nobody could be told: The failure topic .* does not take/,
    )
    expect(world.metrics.sum('Untold')).to.equal(1)
    const [line, ...others] = world.log.lines.filter(({ level }) => level === 'error')
    expect([line?.id, others]).to.deep.equal([event.id, []])
    expect(world.topics.calls).to.have.length(1)
  }).timeout(30_000)

  for (const fault of FAULTS)
    it(`loses nothing when any call ${fault}: its event is told once or twice in the end`, async () => {
      for (let at = 1, done = false; !done; at++) {
        const event = failing()
        const world = await aWorldUntold([event])
        const broken = failingAt(world, at, fault)
        await settle(broken, event).catch(() => {})
        done = broken.calls() < at
        world.topics.fail(OWN, undefined)
        await drain(world, 12)
        expect(world.topics.notices(OWN).length, `call ${at}`).to.be.within(1, 2)
        const [outcome] = await world.table.outcomesOf((await chainOf(world, event)).slice(-1))
        expect(outcome?.kind, `call ${at}`).to.equal('failed')
      }
    })
})
