import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { openDataFolder } from '../../local/data-folder.ts'

describe('the data folder', () => {
  let parent: string
  let path: string
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'data-folder-'))
    path = join(parent, 'data')
  })
  afterEach(() => rmSync(parent, { recursive: true }))

  it('belongs to one stack at a time', () => {
    const folder = openDataFolder(path)
    expect(() => openDataFolder(path)).to.throw(`in use by another local stack (pid ${process.pid})`)
    folder.close()
    openDataFolder(path).close()
  })

  it('is free again when the process that held it was killed', () => {
    const module = new URL('../../local/data-folder.ts', import.meta.url).href
    const script = `import { openDataFolder } from '${module}'; openDataFolder('${path}'); process.kill(process.pid, 'SIGKILL')`
    expect(spawnSync(process.execPath, ['--input-type=module', '-e', script]).signal).to.equal('SIGKILL')
    openDataFolder(path).close()
  })

  it('is emptied when it is to be fresh, and only then', () => {
    openDataFolder(path).close()
    writeFileSync(join(path, 'state'), 'x')
    openDataFolder(path).close()
    expect(existsSync(join(path, 'state'))).to.equal(true)
    openDataFolder(path, true).close()
    expect(existsSync(join(path, 'state'))).to.equal(false)
  })

  it('is not emptied while another stack uses it', () => {
    const folder = openDataFolder(path)
    writeFileSync(join(path, 'state'), 'x')
    expect(() => openDataFolder(path, true)).to.throw('in use')
    expect(existsSync(join(path, 'state'))).to.equal(true)
    folder.close()
  })

  it('may be an empty folder, but none with other things in it', () => {
    openDataFolder(parent).close()
    const other = mkdtempSync(join(parent, 'other-'))
    writeFileSync(join(other, 'thesis.txt'), 'x')
    for (const fresh of [true, false]) {
      expect(() => openDataFolder(other, fresh)).to.throw('is not a data folder of the local stack')
    }
    expect(existsSync(join(other, 'thesis.txt'))).to.equal(true)
  })
})
