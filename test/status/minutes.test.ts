import { expect } from 'chai'
import type { DividedMinute } from '../../core/divided-minute.ts'
import { minutesIn } from '../../status/minutes.ts'
import { MINUTE_MS } from '../support/builders.ts'
import { aWorld } from '../support/world.ts'

const HOUR_MS = 3_600_000

describe('the minutes of a span', () => {
  it('are those that hold events, in order, with their shards', async () => {
    const { table } = aWorld()
    const minutes = [0, 60_000, 2 * HOUR_MS, 40 * HOUR_MS].map((afterMs) => MINUTE_MS + afterMs)
    for (const [i, minuteMs] of minutes.entries()) await table.divideMinute(minuteMs, i + 1)
    const found = await Array.fromAsync(minutesIn(table, { fromMs: MINUTE_MS, toMs: MINUTE_MS + 41 * HOUR_MS }))
    expect(found).to.deep.equal(minutes.map((minuteMs, i) => ({ minuteMs, shards: i + 1 })))
  })

  it('begin with the minute that holds its first instant, and end before the last', async () => {
    const { table } = aWorld()
    for (const afterMs of [-60_000, 0, 60_000]) await table.divideMinute(MINUTE_MS + afterMs, 1)
    const found = await Array.fromAsync(minutesIn(table, { fromMs: MINUTE_MS + 59_999, toMs: MINUTE_MS + 60_000 }))
    expect(found.map(({ minuteMs }) => minuteMs)).to.deep.equal([MINUTE_MS])
  })

  it('are read for an hour first, and then for a day at once', async () => {
    const asked: number[] = []
    const table = {
      async *minutesBetween(fromMs: number): AsyncGenerator<DividedMinute[]> {
        asked.push(fromMs)
        yield [{ minuteMs: fromMs, shards: 1 }]
      },
    }
    const minutes = minutesIn(table, { fromMs: MINUTE_MS, toMs: MINUTE_MS + 100 * HOUR_MS })
    await minutes.next()
    expect(asked).to.have.length(1)
    await minutes.next()
    expect(asked).to.have.length(25)
  })

  it('are read to the hour that holds the last instant, and no further', async () => {
    const asked: number[] = []
    const { table } = aWorld()
    const minutesBetween = (fromMs: number, toMs: number) => {
      asked.push(fromMs)
      return table.minutesBetween(fromMs, toMs)
    }
    const hourMs = MINUTE_MS - (MINUTE_MS % HOUR_MS)
    await Array.fromAsync(minutesIn({ minutesBetween }, { fromMs: hourMs, toMs: hourMs + 3 * HOUR_MS }))
    expect(asked).to.deep.equal([0, 1, 2].map((hour) => hourMs + hour * HOUR_MS))
  })
})
