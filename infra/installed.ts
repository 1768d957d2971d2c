import { createRequire } from 'node:module'
import { extname } from 'node:path'

// What is different once this is a package among others: its modules are JavaScript, because Node strips no types under
// node_modules, and packages that only some of its users need may not be there.

/**
 * The address of a module beside the one at `from`, for what a compiler does not take for an import: the file of a
 * thread, a module to be loaded later. It is in the language of `from`.
 * @param path relative to `from`, without extension
 */
export function moduleBeside(from: string, path: string): URL {
  return new URL(`${path}${extname(from)}`, from)
}

/**
 * Throws an error that says what to install, when one of `packages` is not there. It names versions: npm would take the
 * newest, and refuse to install one that this package does not ask for.
 * @param who what needs them, as its user calls it
 * @param packages some of the peer dependencies in `package.json`
 */
export function needPackages(who: string, packages: readonly string[]): void {
  const missing = packages.filter((name) => !isInstalled(name))
  if (missing.length === 0) return
  const { peerDependencies } = createRequire(import.meta.url)('aws-scheduler/package.json')
  // In quotes, because "^" means something to some shells.
  const wanted = missing.map((name) => `"${name}@${peerDependencies[name]}"`)
  throw new Error(`${who} needs packages that are not installed: npm install ${wanted.join(' ')}`)
}

function isInstalled(name: string): boolean {
  try {
    import.meta.resolve(name)
    return true
  } catch {
    return false
  }
}
