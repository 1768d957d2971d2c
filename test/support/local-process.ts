import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** The local stack as a newcomer starts it: a process of its own. */
export interface LocalProcess {
  endpoint: string
  /** Every line it has printed. */
  lines: string[]
  /** Ends it as a power cut would. */
  kill(): Promise<void>
  /** Ends it as Ctrl-C would. @returns its exit code */
  interrupt(): Promise<number | null>
}

/** A folder for the state of a stack under test. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'aws-scheduler-test-'))
}

const MAIN = join(import.meta.dirname, '../../local/main.ts')

/**
 * Starts the local stack and waits until it is ready.
 * @param port 0 for any free one
 * @param script what Node is to run, with its first arguments
 */
export async function startProcess(dataDir: string, port = 0, script = [MAIN]): Promise<LocalProcess> {
  const child = spawn(process.execPath, [...script, '--port', String(port), '--data', dataDir], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines: string[] = []
  const endpoint = await readyLine(child, lines)
  const ended = once(child, 'exit')
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal)
    const [code] = await ended
    return code as number | null
  }
  return {
    endpoint,
    lines,
    kill: async () => void (await end('SIGKILL')),
    interrupt: () => end('SIGINT'),
  }
}

function readyLine(child: ChildProcess, lines: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream as NodeJS.ReadableStream }).on('line', (line) => {
        lines.push(line)
        if (line.startsWith('ready ')) resolve(line.slice('ready '.length))
      })
    child.once('exit', (code) => reject(new Error(`The local stack ended with ${code}:\n${lines.join('\n')}`)))
  })
}
