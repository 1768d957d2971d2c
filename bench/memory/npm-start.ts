import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** The stack as `npm start` runs it, without npm: its own program, which prints what happens to each event. */
export interface NpmStart {
  pid: number
  endpoint: string
  /** How many events settled slots have delivered so far. */
  settled(): number
  stop(): Promise<void>
}

const MAIN = join(import.meta.dirname, '..', '..', 'local', 'main.ts')

export async function npmStart(): Promise<NpmStart> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-data-'))
  const child = spawn(process.execPath, [MAIN, '--port', '0', '--data', join(folder, 'data')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const ready = Promise.withResolvers<string>()
  let settled = 0
  createInterface(child.stdout).on('line', (line) => {
    if (line.startsWith('ready ')) ready.resolve(line.slice('ready '.length))
    settled += Number(/ settled .* delivered=(\d+)/.exec(line)?.[1] ?? 0)
  })
  void exited.then(([code]) => ready.reject(new Error(`the stack ended with ${code}`)))
  return {
    pid: child.pid as number,
    endpoint: await ready.promise,
    settled: () => settled,
    async stop() {
      child.kill('SIGTERM')
      await exited
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
