import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

// Every benchmark, one after the other: side by side they would measure each other.

type Part = [name: string, ...args: string[]]

const PARTS: Part[] = [
  ['core'],
  ['sweep'],
  ['find'],
  ['ingest'],
  ['lateness'],
  ['lateness', '--mix', 'far', '--rate', '200', '--seconds', '120', '--systems', 'scheduler'],
  ['burst'],
  ['troubled'],
  ['overload'],
  ['memory'],
  ['console'],
]

/** To see that everything works; the figures mean nothing. */
const QUICK: Part[] = [
  ['core', '--events', '100000', '--seconds', '3'],
  ['sweep', '--parked', '1000,5000', '--sweeps', '20'],
  ['find', '--parked', '5000', '--times', '5'],
  ['ingest', '--events', '2000'],
  ['lateness', '--rate', '50', '--seconds', '5', '--warm-up', '2'],
  ['burst', '--events', '500', '--within', '1000'],
  ['troubled', '--rate', '50', '--seconds', '10', '--warm-up', '2', '--burst', '500'],
  ['overload', '--seconds', '3', '--saturation', '50', '--patience', '10', '--quiet', '5'],
  ['memory', '--loads', '10x200000', '--after', '5'],
  ['console', '--parked', '2000', '--rate', '50', '--seconds', '10', '--warm-up', '2', '--rounds', '1'],
]

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } })
for (const [name, ...args] of values.quick ? QUICK : PARTS) {
  const script = join(import.meta.dirname, `${name}.bench.ts`)
  const { status } = spawnSync(process.execPath, [script, ...args], { stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
}
