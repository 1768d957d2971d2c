import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { MUTANTS } from './mutants.ts'

/** Loaded before the simulator: breaks the code it loads as the mutant named in the environment says. */
const mutant = MUTANTS.find(({ name }) => name === process.env.MUTANT)
if (!mutant) throw new Error(`MUTANT=${process.env.MUTANT} is none of ${MUTANTS.map(({ name }) => name).join('; ')}`)

for (const { file, from } of mutant.changes) {
  const source = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')
  if (source.split(from).length !== 2)
    throw new Error(`Mutant "${mutant.name}" wants exactly one ${JSON.stringify(from)} in ${file}`)
}

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context)
    const changes = mutant.changes.filter(({ file }) => url.endsWith(`/${file}`))
    if (changes.length === 0) return loaded
    const source = changes.reduce((text, { from, to }) => text.replace(from, () => to), String(loaded.source))
    return { ...loaded, source }
  },
})
