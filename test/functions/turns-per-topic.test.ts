import { expect } from 'chai'
import { MAX_NOTICES, MAX_WAITING, turnsPerTopic } from '../../functions/turns-per-topic.ts'
import { MINUTE_MS } from '../support/builders.ts'
import { fakeClock } from '../support/fake-clock.ts'

/** Turns at a topic that are all taken, and those who ask for more. */
async function allTaken() {
  const clock = fakeClock(MINUTE_MS)
  const turns = turnsPerTopic(clock)
  const take = (topic = 'a', bytes = 1, withinMs = 1_000) =>
    turns.take(topic, { bytes, untilMs: clock.now() + withinMs })
  const taken = await Promise.all(Array.from({ length: MAX_NOTICES }, () => take()))
  return { clock, take, taken }
}

describe('the turns at a topic', () => {
  it('are sixteen at once, and the next comes when one has ended, in order', async () => {
    const { clock, take, taken } = await allTaken()
    expect(taken).to.not.include(undefined)
    const came: string[] = []
    for (const name of ['first', 'second']) void take().then((turn) => turn && came.push(name))
    await clock.advance(10)
    expect(came).to.deep.equal([])
    taken[0]?.end()
    await clock.advance(0)
    expect(came).to.deep.equal(['first'])
    taken[1]?.end()
    await clock.advance(0)
    expect(came).to.deep.equal(['first', 'second'])
  })

  it('are sixteen at once also after some have ended for which nobody waited', async () => {
    const { clock, take, taken } = await allTaken()
    taken[0]?.end()
    expect(await take()).to.not.equal(undefined)
    expect(await Promise.race([take(), clock.advance(1).then(() => 'waits')])).to.equal('waits')
  })

  it('are not waited for longer than asked', async () => {
    const { clock, take } = await allTaken()
    const waiting = take('a', 1, 500)
    expect(await clock.run(waiting)).to.equal(undefined)
    expect([clock.now() - MINUTE_MS, clock.timers()]).to.deep.equal([500, 0])
  })

  it('are waited for by a bounded number', async () => {
    const { clock, take } = await allTaken()
    const waiting = Array.from({ length: MAX_WAITING }, () => take())
    expect(await take()).to.equal(undefined)
    expect(clock.now()).to.equal(MINUTE_MS)
    await clock.run(Promise.all(waiting))
    expect(await Promise.race([take(), clock.advance(1).then(() => 'waits')])).to.equal('waits')
  })

  it('are waited for by so many that four million characters wait at most', async () => {
    const { clock, take } = await allTaken()
    const all = 4 * 1_048_576
    void take('a', all)
    expect(await take('a', 1)).to.equal(undefined)
    await clock.advance(1_000)
    expect(await Promise.race([take('a', all), clock.advance(1).then(() => 'waits')])).to.equal('waits')
  })

  it('at one topic have nothing to do with those at another', async () => {
    const { clock, take } = await allTaken()
    expect(await take('b')).to.not.equal(undefined)
    expect(clock.now()).to.equal(MINUTE_MS)
  })
})
