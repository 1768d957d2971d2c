import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { freePort, type Server } from './server.ts'

const LIBRARY = '/usr/lib/postgresql'

/** As safe as the local stack: a killed process loses nothing, only a power cut could. Memory as for a small server. */
const SETTINGS = { synchronous_commit: 'off', shared_buffers: '512MB', max_connections: '100', fsync: 'on' }

/** PostgreSQL as Debian installs it; undefined where it is not. It refuses to run as root: then it runs as `postgres`. */
export async function startPostgres(): Promise<Server | undefined> {
  const bin = newest()
  if (!bin) return undefined
  const user = process.getuid?.() === 0 ? owner() : undefined
  const folder = mkdtempSync(join(tmpdir(), 'bench-postgres-'))
  if (user) chownSync(folder, user.uid, user.gid)
  const data = join(folder, 'data')
  const asUser = { cwd: folder, ...user }
  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'bench', '-A', 'trust', '--no-sync'], {
    ...asUser,
    stdio: 'ignore',
  })
  const port = await freePort()
  const place = { listen_addresses: '127.0.0.1', port: String(port), unix_socket_directories: folder }
  const settings = Object.entries({ ...SETTINGS, ...place }).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const child = spawn(join(bin, 'postgres'), ['-D', data, ...settings], {
    ...asUser,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  for await (const line of createInterface({ input: child.stderr })) if (/ready to accept/.test(line)) break
  child.stderr.resume()
  return {
    url: `postgres://bench@127.0.0.1:${port}/postgres`,
    pid: child.pid as number,
    version: execFileSync(join(bin, 'postgres'), ['--version']).toString().trim(),
    async stop() {
      const exited = once(child, 'exit')
      // Fast shutdown: ends its clients' connections.
      child.kill('SIGINT')
      await exited
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function newest(): string | undefined {
  if (!existsSync(LIBRARY)) return undefined
  const versions = readdirSync(LIBRARY).sort((a, b) => Number(b) - Number(a))
  return versions.map((version) => join(LIBRARY, version, 'bin')).find((bin) => existsSync(join(bin, 'initdb')))
}

function owner(): { uid: number; gid: number } {
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres']).toString())
  return { uid: id('-u'), gid: id('-g') }
}
