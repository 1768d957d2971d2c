import type { Peer } from './peer.ts'

/** The peers by name, each loaded only by who uses it. */
export const peers: Record<string, Peer> = {
  bullmq: lazily('redis', async () => (await import('./bullmq.ts')).bullmq),
  'graphile-worker': lazily('postgres', async () => (await import('./graphile-worker.ts')).graphileWorker),
  'pg-boss': lazily('postgres', async () => (await import('./pg-boss.ts')).pgBoss),
}

function lazily(server: Peer['server'], load: () => Promise<Peer>): Peer {
  return {
    server,
    openIntake: async (url) => (await load()).openIntake(url),
    startWorker: async (url, deliver) => (await load()).startWorker(url, deliver),
  }
}
