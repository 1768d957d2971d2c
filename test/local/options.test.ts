import { expect } from 'chai'
import { parseOptions } from '../../local/options.ts'

describe('the options of npm start', () => {
  it('default to the usual port and a folder that git ignores', () => {
    expect(parseOptions([])).to.deep.equal({ port: 4566, data: '.local', fresh: false, demo: false, help: false })
  })

  it('are taken from the command line', () => {
    const options = parseOptions(['--port', '0', '--data', 'd', '--fresh', '--demo'])
    expect(options).to.deep.equal({ port: 0, data: 'd', fresh: true, demo: true, help: false })
  })

  for (const port of ['x', '-1', '65536', '1.5', '']) {
    it(`refuse the port "${port}"`, () => {
      expect(() => parseOptions([`--port=${port}`])).to.throw('--port is')
    })
  }

  it('refuse what they do not know', () => {
    expect(() => parseOptions(['--prot', '1'])).to.throw("Unknown option '--prot'")
    expect(() => parseOptions(['--data', ''])).to.throw('--data needs')
  })
})
