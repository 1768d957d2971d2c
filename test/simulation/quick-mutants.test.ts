import { expect } from 'chai'
import { hunt } from './catch-mutants.ts'
import { MUTANTS } from './mutants.ts'

describe('the simulator', function () {
  this.timeout(600_000)

  // The others take longer: npm run simulate:mutants.
  for (const mutant of MUTANTS.filter(({ quick }) => quick))
    it(`catches code that ${mutant.name}`, async () => {
      const { caught, how } = await hunt(mutant)
      expect(caught, how).to.equal(true)
    })
})
