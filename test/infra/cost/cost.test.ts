import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { ALARMS, LINES, monthlyCost, monthlyTotal } from '../../../infra/cost/cost.ts'
import { dollarsFor, PRICES } from '../../../infra/cost/prices.ts'
import { SET_UPS } from '../../../infra/cost/set-ups.ts'
import { gatheredBatch, type Workload } from '../../../infra/cost/workload.ts'
import { money, PAYLOADS, perMillion, VOLUMES } from '../../../infra/docs/cost-page.ts'
import { parseSettings } from '../../../infra/settings.ts'
import { recordStack } from '../../support/program-recorder.ts'

const README = readFileSync(join(import.meta.dirname, '..', '..', '..', 'README.md'), 'utf8')
const MILLION = 1_000_000
const BASE: Workload = {
  eventsPerMonth: 100 * MILLION,
  payloadBytes: 200,
  inputBatch: 10,
  outputBatch: 1,
  settings: parseSettings({}),
}
const cost = (change: Partial<Workload> = {}) => monthlyCost({ ...BASE, ...change })
const setUp = (name: string, eventsPerMonth: number, payloadBytes = 200) => {
  const found = SET_UPS.find((one) => one.name === name)
  if (!found) throw new Error(`no set-up is called ${name}`)
  return found.workload({ eventsPerMonth, payloadBytes })
}

describe('what a month costs', () => {
  it('has every line, and no other, at every volume and payload', () => {
    for (const eventsPerMonth of [0, ...VOLUMES])
      for (const payloadBytes of PAYLOADS)
        for (const { name } of SET_UPS) {
          const lines = monthlyCost(setUp(name, eventsPerMonth, payloadBytes))
          expect(Object.keys(lines)).to.have.members([...LINES])
          for (const line of LINES)
            expect(lines[line], line).to.be.at.least(0).and.to.be.below(Number.POSITIVE_INFINITY)
        }
  })

  it('is below $5 when nothing is scheduled', () => {
    expect(monthlyTotal(setUp('as deployed', 0))).to.be.within(1, 5)
  })

  it('is at most $2.20 a million at 100 million a month, and $2.00 at 500, with a lean set-up', () => {
    expect(perMillion(setUp('lean', 100 * MILLION))).to.be.at.most(2.2)
    expect(perMillion(setUp('lean', 500 * MILLION))).to.be.at.most(2)
  })

  it('is, of SNS and writes alone, what their prices say', () => {
    expect(cost()['SNS in']).to.be.closeTo(50, 1e-9)
    expect(cost()['SNS out']).to.be.closeTo(50, 1e-9)
    expect(cost()['DynamoDB: events written']).to.be.closeTo(62.5, 1e-9)
  })

  it('counts every 64 KB that SNS and SQS carry, of a message and of a batch', () => {
    const large = cost({ payloadBytes: 100_000 })
    expect(large['SNS in']).to.be.closeTo(2 * cost()['SNS in'], 1e-9)
    const chunksOfTen = Math.ceil((10 * 101_300) / 65_536)
    expect(large.SQS - cost({ eventsPerMonth: 0 }).SQS).to.be.closeTo(
      dollarsFor(100 * MILLION * (2 + chunksOfTen / 10 + 0.1), 'sqsRequest'),
      1e-6,
    )
  })

  it('is less of SNS where clients publish together, and where publishes to targets are filled', () => {
    expect(cost({ publishedTogether: 10 })['SNS in']).to.be.closeTo(5, 1e-9)
    expect(cost({ outputBatch: 10 })['SNS out']).to.be.closeTo(5, 1e-9)
  })

  it('is less of queue and validator where batches are larger', () => {
    for (const line of ['SQS', 'Validator'] as const)
      expect(cost({ inputBatch: 10 })[line]).to.be.below(cost({ inputBatch: 2 })[line])
    expect(cost({ inputBatch: 100 }).SQS).to.equal(cost({ inputBatch: 10 }).SQS)
  })

  it('is as much again of runners and emitters for another shard', () => {
    const two = cost({ settings: { ...BASE.settings, shards: 2 } })
    for (const line of ['Step Functions: runners', 'Emitter'] as const)
      expect(two[line]).to.be.closeTo(2 * cost()[line], 0.01)
  })

  it('is half of the emitter with half of its memory', () => {
    const half = cost({ settings: { ...BASE.settings, emitterMemoryMb: 256 } })
    expect(half.Emitter).to.be.closeTo(cost().Emitter / 2, 0.01)
  })

  it('has traces and point-in-time recovery only where they are set', () => {
    const without = cost({ settings: parseSettings({ pointInTimeRecovery: false }) })
    expect(without['DynamoDB: point-in-time recovery']).to.equal(0)
    expect(cost()['DynamoDB: point-in-time recovery']).to.be.above(0)
    expect(cost()['X-Ray']).to.equal(0)
    expect(cost({ settings: parseSettings({ tracing: true }) })['X-Ray']).to.be.above(0)
  })

  it('has Express executions only for what is due at once', () => {
    expect(cost()['Express executions']).to.equal(0)
    const all = cost({ express: 1 })['Express executions']
    expect(cost({ express: 0.5 })['Express executions']).to.be.closeTo(all / 2, 1e-6)
  })

  it('gathers no more than a batch takes, and never less than one message', () => {
    const settings = { inputBatchSize: 100, inputWindowSeconds: 5 }
    expect(gatheredBatch(MILLION, settings)).to.equal(1)
    expect(gatheredBatch(100 * MILLION, settings)).to.be.closeTo(38.58, 0.01)
    expect(gatheredBatch(1_000 * MILLION, settings)).to.equal(100)
  })

  it('has the alarms of the stack', async () => {
    expect((await recordStack()).of('MetricAlarm')).to.have.length(ALARMS)
  })

  it('names a source for every price', () => {
    for (const { source, dollars, per } of Object.values(PRICES)) {
      expect(source).to.not.equal('')
      expect(dollars / per).to.be.above(0)
    }
  })
})

describe('README.md, of what it costs', () => {
  for (const [name, eventsPerMonth] of [
    ['as deployed', 100 * MILLION],
    ['lean', 100 * MILLION],
    ['lean', 500 * MILLION],
  ] as const)
    it(`says what the function does (${name}, ${eventsPerMonth / MILLION} million a month)`, () => {
      expect(README).to.include(`$${money(perMillion(setUp(name, eventsPerMonth)))}`)
    })

  it('says what the function does of an idle stack', () => {
    expect(README).to.include(`$${money(monthlyTotal(setUp('as deployed', 0)))} a month when idle`)
  })
})
