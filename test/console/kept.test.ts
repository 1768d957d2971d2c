import { expect } from 'chai'
import { kept } from '../../console/server/kept.ts'
import { fakeClock } from '../support/fake-clock.ts'

describe('a value that takes long to read', () => {
  /** Counts how often it is read; each time takes so long. */
  function slow(tookMs: number, everyMs = 1_000) {
    const clock = fakeClock(0)
    let reads = 0
    const value = kept<number>({
      clock,
      everyMs,
      read: async () => {
        reads++
        await clock.sleep(tookMs)
        if (tookMs === 13) throw new Error('thirteen')
        return reads
      },
    })
    return { clock, value, get: () => clock.run(value.get()), reads: () => reads }
  }

  it('is waited for when it is quick', async () => {
    expect(await slow(10).get()).to.deep.equal({ value: 1, isWhole: true })
  })

  it('is told to be unknown, when it is not, until it has been read', async () => {
    const { clock, get, reads } = slow(5_000)
    expect(await get()).to.deep.equal({ value: undefined, isWhole: false })
    await clock.advance(5_000)
    expect(await get()).to.deep.equal({ value: 1, isWhole: true })
    expect(reads()).to.equal(1)
  })

  it('is told as it is known to whoever asks when it has been read for long', async () => {
    const { clock, value, get } = slow(5_000)
    await get()
    await clock.advance(1)
    const atMs = clock.now()
    expect((await clock.run(value.get())).isWhole).to.equal(false)
    expect(clock.now() - atMs).to.be.at.most(1)
  })

  it('is told in part, where reading tells of parts, but only until it has been read once', async () => {
    const clock = fakeClock(0)
    const parts = kept<string>({
      clock,
      everyMs: 10,
      read: async (tell) => {
        tell('a part')
        await clock.sleep(1_000)
        return 'all'
      },
    })
    expect(await clock.run(parts.get())).to.deep.equal({ value: 'a part', isWhole: false })
    await clock.advance(1_000)
    expect((await parts.get()).value).to.equal('all')
    await clock.advance(20_000)
    expect(await clock.run(parts.get())).to.deep.equal({ value: 'all', isWhole: true })
    expect(await clock.run(parts.get())).to.deep.equal({ value: 'all', isWhole: true })
  })

  it('is waited for again by whoever comes back after a while, or has changed something', async () => {
    const { clock, value, get } = slow(10)
    await get()
    await clock.advance(2_001)
    expect(await get()).to.deep.equal({ value: 2, isWhole: true })
    value.expire()
    expect(await get()).to.deep.equal({ value: 3, isWhole: true })
  })

  it('is told as it is known to whoever keeps asking', async () => {
    const { clock, get } = slow(10)
    await get()
    await clock.advance(1_000)
    expect(await get()).to.deep.equal({ value: 1, isWhole: true })
  })

  it('is not read again before its time, and rests thirty times as long as reading took', async () => {
    const quick = slow(10)
    await quick.get()
    await quick.clock.advance(999)
    await quick.get()
    expect(quick.reads()).to.equal(1)
    await quick.clock.advance(1)
    await quick.get()
    expect(quick.reads()).to.equal(2)
    const long = slow(200)
    await long.get()
    await long.clock.advance(5_999)
    await long.get()
    expect(long.reads()).to.equal(1)
    await long.clock.advance(1)
    await long.get()
    expect(long.reads()).to.equal(2)
  })

  it('is told as it was while it is read again', async () => {
    const { clock, value, get } = slow(100)
    await get()
    await clock.advance(3_000)
    expect((await value.get()).value).to.equal(1)
    await clock.advance(100)
    expect((await value.get()).value).to.equal(2)
  })

  it('is read again at once when something was changed', async () => {
    const { value, get, reads } = slow(1)
    await get()
    value.expire()
    await get()
    expect(reads()).to.equal(2)
  })

  it('is not read while nobody asks', async () => {
    const { clock, get, reads } = slow(1)
    await get()
    await clock.advance(3_600_000)
    expect(reads()).to.equal(1)
  })

  it('throws what reading threw', async () => {
    const { get } = slow(13)
    expect(await get().catch((error: Error) => error.message)).to.equal('thirteen')
    expect(await get().catch((error: Error) => error.message)).to.equal('thirteen')
  })
})
