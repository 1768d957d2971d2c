import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { FAULT_NAMES, type FaultName, parseFaults } from './faults.ts'
import { MUTANTS } from './mutants.ts'
import { type Result, simulate } from './simulate.ts'

const run = (seed: number, hours: number, faults: Iterable<FaultName>, fickle = 0): Promise<Result> =>
  simulate({ seed, hours, rate: 3, faults: new Set(faults), fickle })
const codeOf = (file: string) => readFileSync(join(import.meta.dirname, '../..', file), 'utf8')
const broken = ({ violation }: Result) => violation?.message

describe('the simulated stack', function () {
  this.timeout(600_000)

  it('delivers on time and once when nothing goes wrong', async () => {
    const { account, violation } = await run(1, 0.5, [])
    expect(violation).to.equal(undefined)
    expect(account).to.deep.include({ doubled: 0, pending: 0, excused: new Map() })
    const { accepted, delivered, failed, cancelled, expired } = account
    expect(accepted)
      .to.equal(delivered + failed + cancelled + expired)
      .and.above(4_000)
  })

  it('loses nothing in an outage of up to two weeks, though what is over expires and is deleted item by item', async () => {
    const { violation, account } = await run(2, 0.3, ['longOutage', 'expiry'])
    expect(violation).to.equal(undefined)
    expect(account.excused.get('expiry')?.strikes).to.be.above(1_000)
  })

  for (const seed of [3, 4, 5])
    it(`breaks no promise under all faults together, not even to clients who change their minds, seed ${seed}`, async () => {
      expect(broken(await run(seed, 0.5, FAULT_NAMES, 0.1))).to.equal(undefined)
    })

  it('breaks no promise to clients who change their minds again and again', async () => {
    expect(broken(await run(2, 0.3, [], 0.3))).to.equal(undefined)
  })

  it('tells all who mean an event by its id alone where it indexes no ids', async () => {
    const faults = new Set<FaultName>(['deployments', 'redelivery', 'reordering'])
    expect(broken(await simulate({ seed: 3, hours: 0.2, rate: 3, faults, fickle: 0.3, index: 'none' }))).to.equal(
      undefined,
    )
  })

  it('is the same, event for event, for the same seed, and another for another', async () => {
    const hashes = await Promise.all([6, 6, 7].map(async (seed) => (await run(seed, 0.1, FAULT_NAMES)).account.hash))
    expect(hashes[0]).to.equal(hashes[1])
    expect(hashes[0]).to.not.equal(hashes[2])
  })
})

describe('the simulator', () => {
  it('has mutants that each still fit the code they break, in one place', () => {
    const misfits = MUTANTS.flatMap(({ name, changes }) =>
      changes.filter(({ file, from }) => codeOf(file).split(from).length !== 2).map(() => name),
    )
    expect(misfits).to.deep.equal([])
  })

  it('knows its faults by name, all but some, or none', () => {
    expect([...parseFaults('none')]).to.deep.equal([])
    expect([...parseFaults('all')]).to.deep.equal(FAULT_NAMES)
    expect([...parseFaults('crash,skew')]).to.deep.equal(['crash', 'skew'])
    expect(parseFaults('all,-skew').has('skew')).to.equal(false)
    expect(() => parseFaults('earthquake')).to.throw('--faults earthquake is unknown')
  })
})
