import { needLocalPackages } from '../local/needed-packages.ts'

/** Runs the scheduler on this machine until it is told to stop, as `npm start` does. */
export async function run(args: string[]): Promise<void> {
  needLocalPackages('aws-scheduler dev')
  // It is a program of its own, which reads its own arguments.
  process.argv.splice(2, Number.POSITIVE_INFINITY, ...args)
  await import('../local/main.ts')
}
