import type { ServerKind } from '../servers/server.ts'
import type { Intake } from '../systems/intake.ts'
import type { Job } from '../systems/publishers.ts'

/** What somebody would pick instead of this scheduler, set up as its documentation advises. */
export interface Peer {
  server: ServerKind
  /** In the publisher's process. @param url of the server */
  openIntake(url: string): Promise<Intake>
  /** In a process of its own: has `deliver` called for each event that is due. */
  startWorker(url: string, deliver: (job: Job) => Promise<void>): Promise<{ close(): unknown }>
}

/** What a peer keeps of an event; the payload's length makes its storage as large as ours. */
export const jobOf = ({ id, dueAtMs, target }: Job, payload: string) => ({ id, dueAtMs, target, payload })
