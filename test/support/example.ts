import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** Debian's Python: the boto3 that a system brings is the oldest that people use. */
const PYTHON = '/usr/bin/python3'

/** The package under test is not built: what it is imported by is its source. */
const FROM_SOURCE = join(import.meta.dirname, 'from-source.ts')

/** Whether Python and boto3 are there. */
export const hasBoto3 = (): boolean => spawnSync(PYTHON, ['-c', 'import boto3']).status === 0

/** A program of `examples/` as its reader runs it: a process of its own, which knows the stack by its variables. */
export interface Example {
  /** Every line it has printed. */
  lines: string[]
  /** Resolves with the first line that matches; rejects when the program ends before. */
  line(pattern: RegExp): Promise<string>
  /** Resolves when the program has ended by itself; rejects when that was with a fault. */
  ended: Promise<void>
  stop(): Promise<void>
}

/** @param path within `examples/` */
export function startExample(path: string, endpoint: string, variables: Record<string, string> = {}): Example {
  const file = join(import.meta.dirname, '../../examples', path)
  const command = path.endsWith('.py') ? [PYTHON] : [process.execPath, '--import', FROM_SOURCE]
  const [program = '', ...args] = [...command, file]
  const child = spawn(program, args, {
    env: { ...process.env, ...credentials(endpoint), ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines: string[] = []
  const watching = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line)
      for (const look of watching) look()
    })
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve))
  const fault = () => new Error(`examples/${path} has ended, having printed:\n${lines.join('\n')}`)
  return {
    lines,
    line: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = lines.find((line) => pattern.test(line))
          if (found !== undefined) resolve(found)
        }
        watching.add(look)
        look()
        void closed.then(() => reject(fault()))
      }),
    ended: closed.then((code) => {
      if (code !== 0 && !child.killed) throw fault()
    }),
    stop: () => end(child, closed),
  }
}

async function end(child: ChildProcess, closed: Promise<unknown>): Promise<void> {
  child.kill()
  await closed
}

const credentials = (endpoint: string) => ({
  AWS_ENDPOINT_URL: endpoint,
  AWS_REGION: 'us-east-1',
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
})
