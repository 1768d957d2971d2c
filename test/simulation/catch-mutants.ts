import { spawn } from 'node:child_process'
import type { Mutant } from './mutant.ts'
import { MUTANTS } from './mutants.ts'

/** A mutant that is not caught within this time has survived, ms. */
const TIME_MS = 60_000

interface Verdict {
  /** Whether a promise was broken, and the one that this code breaks. */
  caught: boolean
  seconds: number
  how: string
}

/** Runs the simulator on the broken code, with the mutant's faults and seed. */
export function hunt({ name, faults, seed, verdict = '' }: Mutant): Promise<Verdict> {
  const startMs = performance.now()
  const file = (relative: string) => new URL(relative, import.meta.url).pathname
  const args = [
    '--import',
    file('mutate.ts'),
    file('main.ts'),
    '--seed',
    String(seed),
    '--seeds',
    '20',
    '--hours',
    '1',
    '--rate',
    '5',
    '--faults',
    faults.join(',') || 'none',
    '--no-shrink',
    '--stop',
  ]
  const child = spawn(process.execPath, args, {
    env: { ...process.env, MUTANT: name },
    timeout: TIME_MS,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data))
  return new Promise((resolve) => {
    child.on('close', () => {
      const violation = /seed (\d+):[\s\S]*?VIOLATION ([^\n]*)/.exec(output)
      const how = violation ? `seed ${violation[1]}: ${violation[2]}` : `survived; ${output.slice(-300)}`
      const caught = violation?.[2]?.startsWith(verdict) ?? false
      resolve({ caught, seconds: (performance.now() - startMs) / 1_000, how })
    })
  })
}

if (import.meta.main) {
  let survived = 0
  const only = process.argv[2] ?? ''
  const hunted = MUTANTS.filter(({ name }) => name.includes(only))
  if (hunted.length === 0) {
    console.error(
      `No mutant's name has "${only}" in it. There are:\n${MUTANTS.map(({ name }) => `  ${name}`).join('\n')}`,
    )
    process.exit(2)
  }
  for (const mutant of hunted) {
    const { caught, seconds, how } = await hunt(mutant)
    if (!caught) survived++
    console.log(
      `${caught ? 'caught  ' : 'SURVIVED'} ${seconds.toFixed(0).padStart(3)} s  ${mutant.name} [${mutant.faults.join(',') || 'none'}]\n                ${how}`,
    )
  }
  console.log(`${hunted.length} mutants, ${survived} survived`)
  process.exitCode = survived > 0 ? 1 : 0
}
