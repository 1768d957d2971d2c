import { SchedulerError } from '../../core/errors.ts'
import type { Cli } from '../cli.ts'

/**
 * Asks whether something is to be done to many events.
 * @throws SchedulerError `INPUT_INVALID` where nobody is there to answer
 */
export async function isWanted({ process }: Pick<Cli, 'process'>, question: string, yes = false): Promise<boolean> {
  if (yes) return true
  const { stdin, stderr } = process
  if (!stdin.isTTY || !stderr.isTTY)
    throw new SchedulerError('INPUT_INVALID', `${question} Nobody is there to answer: give --yes to do it.`)
  stderr.write(`${question} [y/N] `)
  for await (const chunk of stdin) return /^y(es)?$/i.test(String(chunk).trim())
  return false
}
