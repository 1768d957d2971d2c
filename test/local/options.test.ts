import { expect } from 'chai'
import { CannotStart } from '../../local/cannot-start.ts'
import { parseOptions } from '../../local/options.ts'

const DEFAULTS = {
  port: 4566,
  host: '127.0.0.1',
  data: '.local',
  fresh: false,
  demo: false,
  quiet: false,
  json: false,
  help: false,
  takenByNpm: [],
}

describe('the options of npm start', () => {
  it('default to the usual port, this machine alone, and a folder that git ignores', () => {
    expect(parseOptions([])).to.deep.equal(DEFAULTS)
  })

  it('are taken from the command line', () => {
    const args = ['--port', '0', '--host', '0.0.0.0', '--data', 'd', '--fresh', '--demo', '--quiet', '--json']
    const given = { port: 0, host: '0.0.0.0', data: 'd', fresh: true, demo: true, quiet: true, json: true }
    expect(parseOptions(args)).to.deep.equal({ ...DEFAULTS, ...given })
  })

  for (const port of ['x', '-1', '65536', '70000', '1.5', '']) {
    it(`refuse the port "${port}"`, () => {
      expect(() => parseOptions([`--port=${port}`])).to.throw(CannotStart, '--port is')
    })
  }

  it('refuse what they do not know, and show what there is', () => {
    expect(() => parseOptions(['--prot', '1'])).to.throw(CannotStart, /Unknown option '--prot'.*--port PORT/s)
    expect(() => parseOptions(['extra'])).to.throw(CannotStart, "Unexpected argument 'extra'")
    expect(() => parseOptions(['--port'])).to.throw(CannotStart, 'argument missing')
    expect(() => parseOptions(['--data', ''])).to.throw(CannotStart, '--data needs')
    expect(() => parseOptions(['--host', ''])).to.throw(CannotStart, '--host needs')
  })

  describe('before the -- of npm', () => {
    const ours = { npm_lifecycle_script: 'node local/main.ts' }

    it('count all the same', () => {
      const variables = { ...ours, npm_config_demo: 'true', npm_config_port: '5000', npm_config_fresh: 'true' }
      const takenByNpm = ['--port=5000', '--fresh', '--demo']
      expect(parseOptions([], variables)).to.deep.equal({
        ...DEFAULTS,
        port: 5000,
        fresh: true,
        demo: true,
        takenByNpm,
      })
    })

    it('give way to those after it', () => {
      expect(parseOptions(['--port', '1'], { ...ours, npm_config_port: '5000' }).port).to.equal(1)
    })

    it('are refused with what to write when npm has parted an option from its value', () => {
      const variables = { ...ours, npm_config_port: 'true' }
      expect(() => parseOptions(['5000'], variables)).to.throw(CannotStart, 'npm start -- --port')
    })

    it('do not count when they were meant for another script, which started us', () => {
      const variables = { npm_lifecycle_script: 'mocha', npm_config_json: 'true', npm_config_demo: 'true' }
      expect(parseOptions([], variables)).to.deep.equal(DEFAULTS)
    })

    it('do not count when they are switched off', () => {
      expect(parseOptions([], { ...ours, npm_config_demo: '', npm_config_json: 'false' })).to.deep.equal(DEFAULTS)
    })
  })
})
