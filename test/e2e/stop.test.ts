import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { expect } from 'chai'
import { openDataFolder } from '../../local/data-folder.ts'
import { temporaryFolder } from '../support/local-process.ts'

const ROOT = join(import.meta.dirname, '../..')
const WITH_NODE = ['node', 'local/main.ts']
const WITH_NPM = ['npm', 'start', '--']

interface Started {
  child: ChildProcess
  dataDir: string
  lines: string[]
  ended: Promise<[code: number | null, signal: NodeJS.Signals | null]>
}

describe('stopping npm start', () => {
  const started: ChildProcess[] = []
  // Each is the leader of a group of its own: what a failed test leaves of it ends here.
  afterEach(() => {
    for (const { pid } of started.splice(0)) endGroup(pid as number)
  })

  /** Starts a stack in a group of its own and waits for the line that begins with `word`. */
  async function start([command = '', ...args]: string[], word = 'ready '): Promise<Started> {
    const dataDir = temporaryFolder()
    const child = spawn(command, [...args, '--port', '0', '--data', dataDir], { cwd: ROOT, detached: true })
    started.push(child)
    const ended = once(child, 'exit') as Started['ended']
    const lines: string[] = []
    const told = Promise.withResolvers<void>()
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line)
      if (line.startsWith(word)) told.resolve()
    })
    void ended.then(() => told.reject(new Error(`it ended early:\n${lines.join('\n')}`)))
    await told.promise
    return { child, dataDir, lines, ended }
  }

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    it(`happens in order, with exit code 0, when node gets ${signal}`, async () => {
      const { child, ended, lines } = await start(WITH_NODE)
      child.kill(signal)
      expect(await ended).to.deep.equal([0, null])
      expect(lines.at(-1)).to.equal('stopped')
    })
  }

  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGKILL'] as const) {
    it(`leaves nothing running, and the data free, when npm alone gets ${signal}`, async () => {
      const { child, dataDir } = await start(WITH_NPM)
      const pid = holderOf(dataDir)
      expect(pid).to.not.equal(child.pid)
      child.kill(signal)
      await untilGone(pid)
      openDataFolder(dataDir).close()
    })
  }

  for (const signal of ['SIGINT', 'SIGHUP'] as const) {
    it(`happens in order when a terminal sends ${signal} to npm and to all below it`, async () => {
      const { child, dataDir, lines } = await start(WITH_NPM)
      const pid = holderOf(dataDir)
      // Everyone who writes to it has ended, and all lines are here.
      const closed = once(child.stdout as Readable, 'close')
      process.kill(-(child.pid as number), signal)
      await closed
      await untilGone(pid)
      expect(lines.at(-1)).to.equal('stopped')
    })
  }

  it('happens at once while it still starts', async () => {
    const { child, ended } = await start(WITH_NODE, 'starting')
    child.kill('SIGTERM')
    expect(await ended).to.deep.equal([143, null])
  })
})

/** The process that serves from a data folder. */
const holderOf = (dataDir: string): number =>
  JSON.parse(readFileSync(join(dataDir, 'aws-scheduler-local.json'), 'utf8')).pid

async function untilGone(pid: number): Promise<void> {
  while (isAlive(pid)) await wait(50)
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

function endGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL')
  } catch {
    // All of it has ended.
  }
}
