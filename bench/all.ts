import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

// Every benchmark, one after the other: side by side they would measure each other.

const PARTS: [name: string, ...args: string[]][] = [
  ['core'],
  ['sweep'],
  ['ingest'],
  ['lateness'],
  ['lateness', '--mix', 'far', '--rate', '200', '--seconds', '60', '--systems', 'scheduler'],
  ['burst'],
  ['troubled'],
]

const given = process.argv.slice(2)
for (const [name, ...args] of PARTS) {
  const script = join(import.meta.dirname, `${name}.bench.ts`)
  const { status } = spawnSync(process.execPath, [script, ...args, ...given], { stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
}
