import { existsSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'

export type ServerKind = 'redis' | 'postgres'

/** A database server that a benchmark started: on loopback, on a free port, with its data in a temporary folder. */
export interface Server {
  url: string
  /** The process whose children, if any, do the work. */
  pid: number
  version: string
  stop(): Promise<void>
}

/** A port that nobody uses right now. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** The first of the paths that exists. */
export const firstExisting = (paths: readonly string[]) => paths.find((path) => existsSync(path))
