import { endpointClient } from '../aws/endpoint.ts'
import { snsClient, topicArn } from '../aws/sns.ts'
import { peers } from '../peers/all.ts'
import { type PlannedEvent, payloadOf } from '../workload.ts'
import { batchingSender } from './batching-sender.ts'
import type { Intake } from './intake.ts'
import { type Job, thinPublisher } from './publishers.ts'

export interface Where {
  /** Of SNS and SQS. */
  endpoint: string
  /** Of a peer's server. */
  url: string
  /** Whether events come to our scheduler with ids of the client's. */
  ownIds: boolean
}

export async function intakeFor(system: string, { endpoint, url, ownIds }: Where): Promise<Intake> {
  if (system === 'scheduler') return schedulerIntake(endpoint, ownIds)
  if (system === 'floor') return floorIntake(endpoint)
  const peer = peers[system]
  if (!peer) throw new Error(`there is no system "${system}"`)
  return peer.openIntake(url)
}

/** Ours: PublishBatch to the input topic. */
function schedulerIntake(endpoint: string, ownIds: boolean): Intake {
  const client = endpointClient(endpoint)
  const sns = snsClient(client)
  const input = topicArn('scheduler-input-local')
  return {
    async schedule(events) {
      const entries = events.map((event) => ({ message: JSON.stringify(messageOf(event, ownIds)) }))
      const taken = await sns.publishBatch(input, entries)
      if (taken < entries.length) throw new Error(`${entries.length - taken} of a batch were refused`)
    },
    close: () => client.close(),
  }
}

const messageOf = (event: PlannedEvent, ownIds: boolean) => ({
  ...(ownIds ? { id: event.id } : {}),
  date: new Date(event.dueAtMs).toISOString(),
  target: topicArn(event.target),
  user: 'bench',
  payload: payloadOf(event),
})

/** No scheduler at all: a timer for each event, in the publisher's own memory, gone with the process. */
function floorIntake(endpoint: string): Intake {
  const sender = batchingSender(thinPublisher(endpoint))
  const hold = (job: Job) => {
    const aheadMs = job.dueAtMs - Date.now()
    // A timer may fire a millisecond early.
    if (aheadMs > 0) setTimeout(hold, aheadMs, job)
    else sender.deliver(job).catch(() => {})
  }
  return {
    schedule: async (events) => events.forEach(hold),
    emissions: () => sender.emissions(),
    close: () => sender.close(),
  }
}
