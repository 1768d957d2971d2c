import { expect } from 'chai'
import { addAllLateness, addLateness, type Lateness, summarize } from '../../core/lateness.ts'
import { seededRandom } from '../support/random.ts'

const histogramOf = (values: readonly number[]) => {
  const histogram: Lateness = {}
  for (const value of values) addLateness(histogram, value)
  return histogram
}

describe('the histogram of lateness', () => {
  it('is exact below 100 ms', () => {
    expect(histogramOf([0, 0, 1, 99])).to.deep.equal({ 0: 2, 1: 1, 99: 1 })
  })

  it('has two significant digits above, rounded down', () => {
    expect(histogramOf([100, 109, 110, 999, 1_000, 1_099, 123_456])).to.deep.equal({
      100: 2,
      110: 1,
      990: 1,
      1000: 2,
      120000: 1,
    })
  })

  it('stays small whatever it counts', () => {
    const histogram = histogramOf(Array.from({ length: 100_000 }, (_, i) => i * 10))
    expect(Object.keys(histogram).length).to.be.below(500)
  })

  it('adds up', () => {
    const total = histogramOf([1, 2])
    addAllLateness(total, histogramOf([2, 3]))
    expect(total).to.deep.equal({ 1: 1, 2: 2, 3: 1 })
  })
})

describe('the summary of lateness', () => {
  it('is absent where nothing was delivered', () => {
    expect(summarize({})).to.equal(undefined)
  })

  it('is the one value there is', () => {
    expect(summarize({ 7: 1 })).to.deep.equal({ p50: 7, p99: 7, max: 7 })
  })

  it('takes the value at or below which half, 99 % and all of the deliveries are', () => {
    const oneToHundred = histogramOf(Array.from({ length: 100 }, (_, i) => i))
    expect(summarize(oneToHundred)).to.deep.equal({ p50: 49, p99: 98, max: 99 })
  })

  it('sorts by number, not by text', () => {
    expect(summarize({ 9: 1, 10: 1, 100: 1 })).to.deep.equal({ p50: 10, p99: 100, max: 100 })
    const monthsMs = { 9000000000: 1, 5000000000: 1, 7000000000: 1 }
    expect(summarize(monthsMs)).to.deep.equal({ p50: 7_000_000_000, p99: 9_000_000_000, max: 9_000_000_000 })
  })

  it('is what sorting all values gives, within two digits', () => {
    const random = seededRandom(5)
    for (let round = 0; round < 50; round++) {
      const values = Array.from({ length: 1 + Math.floor(random() * 300) }, () => Math.floor(random() ** 4 * 60_000))
      const sorted = values.toSorted((a, b) => a - b)
      const exact = (q: number) => sorted[Math.max(0, Math.ceil(values.length * q) - 1)] as number
      const summary = summarize(histogramOf(values)) ?? expect.fail()
      for (const [found, q] of [
        [summary.p50, 0.5],
        [summary.p99, 0.99],
        [summary.max, 1],
      ] as const) {
        expect(found).to.be.at.most(exact(q))
        expect(found).to.be.above(exact(q) * 0.9 - 1)
      }
    }
  })
})
