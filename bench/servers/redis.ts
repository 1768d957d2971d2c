import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { firstExisting, freePort, type Server } from './server.ts'

/** Source: docs.bullmq.io, Going to production: an append-only file synced each second, and no eviction. */
const SETTINGS = ['--appendonly', 'yes', '--appendfsync', 'everysec', '--maxmemory-policy', 'noeviction', '--save', '']

/** Redis as Debian installs it; undefined where it is not. */
export async function startRedis(): Promise<Server | undefined> {
  const binary = firstExisting(['/usr/bin/redis-server', '/usr/local/bin/redis-server'])
  if (!binary) return undefined
  const folder = mkdtempSync(join(tmpdir(), 'bench-redis-'))
  const port = await freePort()
  const place = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--daemonize', 'no']
  const child = spawn(binary, [...place, ...SETTINGS], { stdio: ['ignore', 'pipe', 'inherit'] })
  for await (const line of createInterface({ input: child.stdout })) if (/ready to accept/i.test(line)) break
  child.stdout.resume()
  return {
    url: `redis://127.0.0.1:${port}`,
    pid: child.pid as number,
    version: execFileSync(binary, ['--version']).toString().split(' ').slice(0, 3).join(' '),
    async stop() {
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      await exited
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
