import { needLocalPackages } from './needed-packages.ts'
import type { Local, LocalOptions } from './start-local.ts'

// `aws-scheduler/local`: the stack on this machine, for the tests of a program that uses it.

export type { Local, LocalOptions } from './start-local.ts'

/** Runs the stack on this machine: the deployed program, on embedded parts, behind one loopback port. */
export async function startLocal(options: LocalOptions = {}): Promise<Local> {
  needLocalPackages('aws-scheduler/local')
  const local = await import('./start-local.ts')
  return local.startLocal(options)
}
