import { spawn } from 'node:child_process'
import type { Mutant } from './mutant.ts'
import { MUTANTS } from './mutants.ts'

/** A mutant that is not caught within this time has survived, ms. */
const TIME_MS = 60_000

export interface Catch {
  /** Whether a promise was broken, and the one that this mutant breaks. */
  caught: boolean
  seconds: number
  how: string
}

/** Runs the simulator on the broken code, with the mutant's faults, from its seed on until a promise is broken. */
export async function hunt({
  name,
  verdict,
  faults,
  seed = 1,
  hours = 1,
  rate = 5,
  index = 'own',
}: Mutant): Promise<Catch> {
  const startMs = performance.now()
  const run = { seed, hours, rate, index, seeds: 20, faults: faults.join(',') || 'none' }
  const output = await outputOf(name, run)
  const violation = /seed (\d+): A PROMISE WAS BROKEN\s+VIOLATION ([^\n]*)/.exec(output)
  const caught = violation?.[2]?.startsWith(`${verdict}:`) ?? false
  const what = violation ? `seed ${violation[1]}: ${violation[2]}` : `no promise was broken; ${output.slice(-300)}`
  const how = violation && !caught ? `noticed for another reason than ${verdict}: ${what}` : what
  return { caught, seconds: (performance.now() - startMs) / 1_000, how }
}

/** What the simulator prints, run with the code of a mutant, for as long as it may take. */
function outputOf(mutant: string, run: Record<string, string | number>): Promise<string> {
  const file = (relative: string) => new URL(relative, import.meta.url).pathname
  const options = Object.entries(run).flatMap(([option, value]) => [`--${option}`, String(value)])
  const args = ['--import', file('mutate.ts'), file('main.ts'), ...options, '--no-shrink', '--stop']
  const child = spawn(process.execPath, args, {
    env: { ...process.env, MUTANT: mutant },
    timeout: TIME_MS,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data))
  return new Promise((resolve) => child.on('close', () => resolve(output)))
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
