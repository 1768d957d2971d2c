import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { DockerfileParser } from 'dockerfile-ast'
import { validate } from 'dockerfile-utils'
import { parse } from 'yaml'
import { parseOptions } from '../local/options.ts'

const read = (name: string) => readFileSync(join(import.meta.dirname, '..', name), 'utf8')

describe('the container of the local stack', () => {
  const instructions = DockerfileParser.parse(read('Dockerfile')).getInstructions()
  const the = (keyword: string) =>
    instructions.find((instruction) => instruction.getKeyword() === keyword)?.getArgumentsContent() ?? ''

  it('has a Dockerfile that a linter has nothing to say of', () => {
    expect(validate(read('Dockerfile'))).to.deep.equal([])
    expect(validate('FROM node\nRUNN x').map(({ message }) => message)).to.deep.equal(['Unknown instruction: RUNN'])
  })

  it('runs on the Node that the package asks for, and not as root', () => {
    const { devDependencies } = JSON.parse(read('package.json'))
    expect(the('FROM')).to.match(new RegExp(`^node:${/\d+/.exec(devDependencies.node)?.[0]}-`))
    expect(the('USER')).to.equal('node')
  })

  it('is started with options that there are, keeps its state in the volume, and gets signals itself', () => {
    const [node, main, ...args] = JSON.parse(the('CMD'))
    expect([node, main]).to.deep.equal(['node', 'local/main.ts'])
    expect(parseOptions(args)).to.include({ host: '0.0.0.0', data: the('VOLUME'), port: Number(the('EXPOSE')) })
  })

  it('is healthy when the stack is ready', () => {
    expect(the('HEALTHCHECK')).to.contain(`http://127.0.0.1:${the('EXPOSE')}/health`)
  })

  it('takes nothing in that git ignores, nor git itself', () => {
    const ignored = read('.dockerignore').split('\n')
    for (const name of read('.gitignore').split('\n')) expect(ignored).to.include(name.replace(/\/$/, ''))
    expect(ignored).to.include('.git')
  })

  it('is published by compose.yaml to this machine alone, with a volume that is declared', () => {
    const { services, volumes } = parse(read('compose.yaml'), { strict: true })
    const [port] = services.scheduler.ports
    expect(services.scheduler.build).to.equal('.')
    expect(port).to.equal(`127.0.0.1:${the('EXPOSE')}:${the('EXPOSE')}`)
    const [[volume, path]] = services.scheduler.volumes.map((mount: string) => mount.split(':'))
    expect(path).to.equal(the('VOLUME'))
    expect(Object.keys(volumes)).to.deep.equal([volume])
  })
})
