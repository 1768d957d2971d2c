import { expect } from 'chai'
import { chunksOf } from '../../client/chunks.ts'
import { MINUTE_MS } from '../support/builders.ts'
import { fakeClock } from '../support/fake-clock.ts'

const texts = (count: number, bytes = 1) => Array.from({ length: count }, () => ({ text: 'x'.repeat(bytes) }))

async function lengthsOf(items: { text: string }[]): Promise<number[]> {
  const source = (async function* () {
    yield* items
  })()
  return (await Array.fromAsync(chunksOf(source, fakeClock(MINUTE_MS)))).map((chunk) => chunk.length)
}

describe('what is sent in one request', () => {
  for (const [count, lengths] of [
    [0, []],
    [1, [1]],
    [10, [10]],
    [11, [10, 1]],
    [25, [10, 10, 5]],
  ] as const)
    it(`is at most ten messages: of ${count} ${lengths.join(', ') || 'none'}`, async () => {
      expect(await lengthsOf(texts(count))).to.deep.equal(lengths)
    })

  it('is at most 256 KiB, in bytes of UTF-8', async () => {
    expect(await lengthsOf(texts(2, 131_072))).to.deep.equal([2])
    expect(await lengthsOf([...texts(2, 131_072), ...texts(1)])).to.deep.equal([2, 1])
    expect(await lengthsOf(Array.from({ length: 3 }, () => ({ text: 'ä'.repeat(65_536) })))).to.deep.equal([2, 1])
  })

  it('is not kept back where nothing comes for a moment to fill it', async () => {
    const clock = fakeClock(MINUTE_MS)
    const source = (async function* () {
      yield* texts(3)
      await clock.sleep(1_000)
      yield* texts(2)
    })()
    const chunks = chunksOf(source, clock)
    const first = await clock.run(chunks.next())
    expect(first.value).to.have.length(3)
    expect(clock.now() - MINUTE_MS).to.be.within(1, 100)
    const second = await clock.run(chunks.next())
    expect(second.value).to.have.length(2)
    expect(await chunks.next()).to.deep.equal({ done: true, value: undefined })
    expect(clock.timers()).to.equal(0)
  })
})
