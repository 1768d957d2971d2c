import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { CannotStart } from '../../local/cannot-start.ts'
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

  /** What there may be in the way, and what is said of it. */
  const obstacles: Record<string, [make: (path: string) => void, message: string]> = {
    'a file in its place': [(path) => writeFileSync(path, 'x'), 'is a file'],
    'a file above it': [(path) => writeFileSync(join(path, '..'), 'x'), 'is a file'],
    'a file in place of its messages': [(path) => fill(path, 'messages'), 'messages is not a folder'],
    'a file in place of its events': [(path) => fill(path, 'events'), 'events is not a folder'],
    'a folder in place of its executions': [(path) => fill(path, 'executions.db/x'), 'executions.db is not a file'],
    'a lock that is no database': [(path) => fill(path, 'lock.db'), 'file is not a database'],
  }
  for (const [what, [make, message]] of Object.entries(obstacles)) {
    it(`is refused in a sentence when there is ${what}`, () => {
      const inner = join(path, 'inner')
      mkdirSync(parent, { recursive: true })
      if (what !== 'a file above it') mkdirSync(path)
      make(inner)
      expect(() => openDataFolder(inner)).to.throw(CannotStart, message)
    })
  }

  it('is refused in a sentence where the system lets nobody make a folder', () => {
    // A test that runs as root may write anywhere else.
    expect(() => openDataFolder('/proc/data')).to.throw(CannotStart, '/proc/data cannot be used')
  }).timeout(2_000)

  it('is refused in a sentence where it may not be written to', () => {
    mkdirSync(path, { mode: 0o500 })
    const root = process.getuid?.() === 0
    // Root may write anywhere.
    if (root) process.seteuid?.(65_534)
    try {
      expect(() => openDataFolder(path)).to.throw(CannotStart, 'may not be written to by this user')
    } finally {
      if (root) process.seteuid?.(0)
    }
  })

  it('begins anew over what is in the way when it is to be fresh', () => {
    fill(path, 'events')
    openDataFolder(path, true).close()
    expect(existsSync(join(path, 'events'))).to.equal(false)
  })
})

/** A data folder of ours with `name` in it. */
function fill(path: string, name: string): void {
  mkdirSync(dirname(join(path, name)), { recursive: true })
  writeFileSync(join(path, 'aws-scheduler-local.json'), '{}')
  writeFileSync(join(path, name), 'x'.repeat(1_000))
}
