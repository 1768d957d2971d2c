import { startPostgres } from './postgres.ts'
import { startRedis } from './redis.ts'
import type { Server, ServerKind } from './server.ts'

/** Starts a server; undefined where it is not installed. */
export function startServer(kind: ServerKind): Promise<Server | undefined> {
  return kind === 'redis' ? startRedis() : startPostgres()
}

/** What to do about a missing one. */
export const INSTALL: Record<ServerKind, string> = {
  redis: 'apt-get install redis-server',
  postgres: 'apt-get install postgresql',
}
