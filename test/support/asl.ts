import { createRequire } from 'node:module'

interface Verdict {
  isValid: boolean
  errorsText(): string
}
// The package has no types that an ES module could import.
const validate: (definition: object) => Verdict = createRequire(import.meta.url)('asl-validator')

/** What is wrong with a state machine, as text; empty if nothing is. */
export function flawsOf(definition: object): string {
  // A clone, because the validator writes into what it is given.
  const verdict = validate(structuredClone(definition))
  return verdict.isValid ? '' : verdict.errorsText()
}
