import { fileURLToPath } from 'node:url'

/**
 * Freed memory at the top of glibc's heaps goes back to the system from this many bytes on: its default at the start. Left
 * unset it rises with what is freed, up to 64 MB, as does the size from which a block is mapped on its own, and so freed
 * on its own, up to 32 MB: after messages of 200 KB little comes back. Source: mallopt(3), M_MMAP_THRESHOLD and
 * M_TRIM_THRESHOLD.
 */
const SETTINGS = { MALLOC_TRIM_THRESHOLD_: '131072' }

/**
 * Begins the process anew as `program`, under the same pid and with the same arguments, so that its allocator gives back
 * what a load has taken: the C library reads its settings when a process begins, and never again. What the user has set
 * is left alone, and so are systems without glibc's settings or without `execve`. Does not return when it begins anew.
 * @param program address of the module that Node runs
 */
export function beginWithAllocator(program: string): void {
  const isSet = Object.keys(process.env).some((name) => name.startsWith('MALLOC_'))
  // A parent that talks to this process over a channel would lose it.
  if (process.platform !== 'linux' || isSet || process.connected) return
  const args = [process.execPath, ...process.execArgv, fileURLToPath(program), ...process.argv.slice(2)]
  process.execve?.(process.execPath, args, { ...process.env, ...SETTINGS })
}
