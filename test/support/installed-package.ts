import { execFile } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const ROOT = join(import.meta.dirname, '..', '..')
const PROGRAMS = join(ROOT, 'test', 'package', 'programs')

/** The package in the `node_modules` of somebody who uses it. */
export interface Installed {
  folder: string
  /** How many packages were installed, this one counted. */
  packages: number
  /** Runs a program. @returns what it printed */
  run(...args: string[]): Promise<string>
  /** What the compiler says of the programs and of our declarations; those of others are not our business. */
  check(): Promise<string[]>
}

/** Makes the package as it would be published. @returns the path of the tarball */
export async function pack(folder: string): Promise<string> {
  await execute('npm', ['pack', '--pack-destination', folder])
  const [tarball = ''] = readdirSync(folder).filter((name) => name.endsWith('.tgz'))
  return join(folder, tarball)
}

/**
 * Installs packages into an empty folder.
 * @param programs files of `test/package/programs` to be copied there
 */
export async function install(folder: string, packages: string[], programs: string[]): Promise<Installed> {
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  await execute('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', ...packages], folder)
  for (const name of ['tsconfig.json', ...programs]) copyFileSync(join(PROGRAMS, name), join(folder, name))
  const lock = JSON.parse(readFileSync(join(folder, 'node_modules', '.package-lock.json'), 'utf8'))
  return {
    folder,
    packages: Object.keys(lock.packages).length,
    run: (...args) => execute(process.execPath, args, folder),
    async check() {
      const said = await execute('tsc', ['--project', '.'], folder).catch(({ stdout }) => String(stdout))
      return said.split('\n').filter((line) => line !== '' && !/^(node_modules\/(?!aws-scheduler\/)| )/.test(line))
    },
  }
}

/** Runs a command to its end. @returns what it printed; rejects with it if the command fails */
export async function execute(command: string, args: string[], cwd = ROOT): Promise<string> {
  try {
    return (await promisify(execFile)(command, args, { cwd, maxBuffer: 16 * 1024 * 1024 })).stdout
  } catch (cause) {
    const { stdout, stderr } = cause as { stdout: string; stderr: string }
    const message = `${command} ${args.join(' ')} failed:\n${stdout}\n${stderr}`
    throw Object.assign(new Error(message, { cause }), { stdout, stderr })
  }
}
