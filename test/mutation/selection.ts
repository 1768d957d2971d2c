import { execFileSync } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'

/** The folders whose code is mutated, each with the least score of its files, percent. */
export const GOALS: Record<string, number> = { core: 90, functions: 90, status: 90, aws: 80 }

/** The least score of a file, percent. */
export const goalOf = (file: string) => GOALS[file.split('/')[0] as string] ?? 0

const isProduct = (path: string) => path.endsWith('.ts') && goalOf(path) > 0

/** The files that are mutated when these files and folders are named; a test stands for the file beside which it is. */
export function filesOf(named: readonly string[]): string[] {
  const paths = named
    .map((path) => posix.normalize(path).replace(/\/$/, ''))
    .map((path) => path.replace(/^test\/(.+?)(?:\.test)?(\.ts)?$/, '$1$2'))
    .flatMap((path) => (path.endsWith('.ts') ? [path] : globSync(`${path}/**/*.ts`)))
  return [...new Set(paths)].filter((path) => isProduct(path) && existsSync(path)).sort()
}

/** Files changed since the branch left `main`, those not yet committed or added among them. */
export function changedPaths(): string[] {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).split('\n').filter(Boolean)
  const [base = 'HEAD'] = git('merge-base', 'HEAD', 'main')
  return [...git('diff', '--name-only', base), ...git('ls-files', '--others', '--exclude-standard')]
}

const validator = (...names: string[]) => names.map((name) => `functions/validator/${name}.ts`)

/** Tests of what several files do together, and those files. */
const TOGETHER: Record<string, string[]> = {
  'test/functions/validator/actions.test.ts': validator('cancel', 'place-known', 'refusal', 'reschedule', 'steps'),
  'test/functions/validator/asked-again.test.ts': validator('cancel', 'doubt', 'place-known', 'reschedule', 'staying'),
  'test/functions/validator/clear-id.test.ts': validator('place-known', 'schedule', 'steps', 'validate'),
  'test/functions/validator/only-date.test.ts': validator('steps'),
  'test/functions/settler/deliver-unaccounted.test.ts': ['functions/delivery/going-on.ts'],
  'test/functions/settler/settling-in-parts.test.ts': ['functions/settler/settle-slot.ts'],
  'test/functions/delivery/asked-meanwhile.test.ts': [
    'functions/delivery/going-on.ts',
    'functions/settler/deliver-unaccounted.ts',
    ...validator('cancel', 'clear-id', 'doubt', 'place-known', 'reschedule'),
  ],
  'test/functions/delivery/untold.test.ts': ['core/untold.ts', 'functions/delivery/going-on.ts'],
  'test/functions/loader/audit.test.ts': ['functions/loader/load.ts'],
  'test/functions/loader/sweep.test.ts': ['functions/loader/load.ts'],
  'test/aws/payloads.test.ts': ['events', 'look-up', 'payloads'].map((name) => `aws/events-table/${name}.ts`),
  'test/aws/table-retries.test.ts': ['aws/events-table.ts'],
  'test/aws/timeouts.test.ts': ['aws/events-table.ts'],
  'test/functions/unreadable.test.ts': [
    ...['announcements', 'checkpoints', 'items', 'minutes', 'outcomes'].map((name) => `aws/events-table/${name}.ts`),
    'functions/loader/reopen.ts',
    'functions/settler/settle-slot.ts',
    'status/slot-account.ts',
  ],
}

/**
 * The tests that have to notice a mutant of `file`: those of its name and of the names of the files beside it that
 * import it; else those of its folder's name; else all in its folder. And those of what it does together with others.
 */
export function testsOf(file: string): string[] {
  const together = Object.keys(TOGETHER).filter((test) => TOGETHER[test]?.includes(file))
  return [...testsByNameOf(file), ...together].sort()
}

function testsByNameOf(file: string): string[] {
  const folder = posix.dirname(file)
  const named = `from './${posix.basename(file)}'`
  const importers = globSync(`${folder}/*.ts`).filter((one) => readFileSync(one, 'utf8').includes(named))
  const own = [file, ...importers]
    .map((one) => `test/${one.replace(/\.ts$/, '.test.ts')}`)
    .filter((one) => existsSync(one))
  if (own.length > 0) return own
  return existsSync(`test/${folder}.test.ts`) ? [`test/${folder}.test.ts`] : globSync(`test/${folder}/*.test.ts`)
}
