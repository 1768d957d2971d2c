import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const LOOK_EVERY_MS = 250

/**
 * Calls `gone` when npm, which started this process, has ended: npm hands a signal to the shell between us, which ends
 * without handing it on, and whoever kills npm outright tells nobody.
 */
export async function watchNpm(gone: () => void): Promise<void> {
  const parent = process.ppid
  const npm = await npmAbove(parent)
  const timer = setInterval(() => {
    if (process.ppid === parent && isAlive(npm)) return
    clearInterval(timer)
    gone()
  }, LOOK_EVERY_MS)
  timer.unref()
}

/** npm is our parent, or the parent of the shell that it runs the script in: that has the script among its arguments. */
async function npmAbove(parent: number): Promise<number> {
  try {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'ppid=,args=', '-p', String(parent)])
    const [, grandparent, args = ''] = /^\s*(\d+)\s+(.*)/.exec(stdout) ?? []
    return args.includes('local/main.ts') && Number(grandparent) > 1 ? Number(grandparent) : parent
  } catch {
    // No ps on this system, or none that knows these options.
    return parent
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
