import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describeMachine, machineLine } from '../measure/machine.ts'

const FOLDER = join(import.meta.dirname, '..', 'results')

/** Collects what a benchmark has to say: printed as it comes, written to `bench/results/` at the end. */
export function startReport(name: string, question: string) {
  const machine = describeMachine()
  console.log(`\n${name}: ${question}\n${machineLine(machine)}\n${machine.command}\n`)
  return {
    note: (text: string) => console.log(text),
    /** @param figures whatever the table was made of */
    finish(table: string, figures: unknown, pictures: Record<string, string> = {}): void {
      mkdirSync(FOLDER, { recursive: true })
      console.log(`\n${table}\n`)
      const written = { [`${name}.json`]: JSON.stringify({ name, question, machine, figures }, plain, 1) }
      for (const [picture, svg] of Object.entries(pictures)) written[`${picture}.svg`] = svg
      written[`${name}.md`] = `# ${question}\n\n${machineLine(machine)}  \n\`${machine.command}\`\n\n${table}\n`
      for (const [file, content] of Object.entries(written)) writeFileSync(join(FOLDER, file), content)
      console.log(`written to bench/results/: ${Object.keys(written).join(', ')}`)
    },
  }
}

/** Single values stay out of the file: there are hundreds of thousands, and the picture has them. */
const plain = (key: string, value: unknown) => (key === 'sorted' || key === 'arrivals' ? undefined : value)
