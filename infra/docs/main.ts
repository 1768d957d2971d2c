import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { configurationPage, exampleStack } from './configuration.ts'
import { costPage } from './cost-page.ts'
import { deployPolicyFile } from './deploy-policy.ts'

/** What is written about the stack from what the program itself says, by path; a test holds the files to it. */
export const GENERATED: Record<string, () => string> = {
  'docs/configuration.md': configurationPage,
  'docs/cost.md': costPage,
  'docs/deploy-policy.json': deployPolicyFile,
  'Pulumi.dev.yaml': exampleStack,
}

if (import.meta.main) {
  const root = join(import.meta.dirname, '..', '..')
  for (const [path, text] of Object.entries(GENERATED)) writeFileSync(join(root, path), text())
}
