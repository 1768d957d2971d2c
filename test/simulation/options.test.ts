import { expect } from 'chai'
import { FAULT_NAMES } from './faults.ts'
import { readOptions } from './options.ts'

describe('the options of the simulator', () => {
  it('have a seed, an hour and all faults by default', () => {
    const { faults, ...others } = readOptions([])
    expect(others).to.deep.equal({
      seed: 1,
      seeds: 1,
      hours: 1,
      rate: 10,
      fickle: 0.04,
      index: 'own',
      shrink: true,
      stop: false,
    })
    expect([...faults]).to.deep.equal(FAULT_NAMES)
  })

  it('may be fractions where they are amounts', () => {
    expect(readOptions(['--hours', '0.5', '--rate', '0.1', '--minutes', '1.5'])).to.include({
      hours: 0.5,
      rate: 0.1,
      minutes: 1.5,
    })
  })

  for (const [name, values] of Object.entries({
    hours: ['abc', '', '0', '-1', 'Infinity'],
    rate: ['abc', '0', '-2'],
    minutes: ['abc', '0'],
    seed: ['x', '-1', '1.5', ''],
    seeds: ['0', 'many', '2.5'],
    fickle: ['abc', '', '-0.1', '1.1'],
    index: ['all', ''],
  }))
    for (const value of values)
      it(`may not be --${name}=${value}`, () => {
        expect(() => readOptions([`--${name}=${value}`])).to.throw(`--${name} ${value} is not `)
      })

  it('may not be others', () => {
    expect(() => readOptions(['--sedd', '1'])).to.throw('--sedd')
    expect(() => readOptions(['--faults', 'crsh'])).to.throw('--faults crsh is unknown')
  })
})
