#!/usr/bin/env node

const USAGE = `aws-scheduler <verb> [options]

  dev     runs the scheduler on this machine
  ledger  tells what has become of the events of a stack, slot by slot

The options of a verb: aws-scheduler <verb> --help
Exit code: 2 when the call is wrong; else the verb's own.`

/** Loaded one by one: what one verb needs, another does not. */
const VERBS: Record<string, () => Promise<{ run(args: string[]): Promise<void> }>> = {
  dev: () => import('./dev.ts'),
  ledger: () => import('./ledger.ts'),
}

async function main([verb = '--help', ...args]: string[]): Promise<void> {
  if (verb === '--help' || verb === '-h') return console.log(USAGE)
  const load = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined
  if (!load) throw new Error(`there is no verb ${JSON.stringify(verb)}\n\n${USAGE}`)
  const { run } = await load()
  await run(args)
}

try {
  await main(process.argv.slice(2))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 2
}
