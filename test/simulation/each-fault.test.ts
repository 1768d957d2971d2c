import { expect } from 'chai'
import { APART, FAULT_NAMES } from './faults.ts'
import { simulate } from './simulate.ts'

describe('the simulated stack', function () {
  this.timeout(600_000)

  for (const fault of [...FAULT_NAMES, ...APART])
    it(`breaks no promise under ${fault} alone`, async () => {
      const { violation } = await simulate({ seed: 2, hours: 0.15, rate: 3, faults: new Set([fault]) })
      expect(violation?.message).to.equal(undefined)
    })
})
