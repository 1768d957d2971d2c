import { peers } from '../peers/all.ts'
import { batchingSender } from '../systems/batching-sender.ts'
import { sdkPublisher } from '../systems/publishers.ts'
import { answerParent, argumentOf } from './child.ts'

export interface WorkerArgument {
  peer: string
  /** Of the peer's server. */
  url: string
  /** Of SNS. */
  endpoint: string
}

// A peer's worker: publishes each event that the peer hands it, as a user of that peer would have it do.

const { peer, url, endpoint } = argumentOf<WorkerArgument>()
const sender = batchingSender(sdkPublisher(endpoint))
const worker = await peers[peer]?.startWorker(url, sender.deliver)
answerParent({
  emissions: () => sender.emissions(),
  async stop() {
    await worker?.close()
    sender.close()
  },
})
