import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns'

/** An event as clients write it, and when it is due; a bad one never is. */
export interface Sample {
  dueAtMs?: number
  event: { id: string; date: string; target: string; user: string; payload: string }
}

/** A few events over the next seconds and minutes, one of them bad. */
export function samples(nowMs: number, target: string): Sample[] {
  // Of this demo alone: what an earlier one left behind may still arrive.
  const id = (index: number) => `demo-${nowMs.toString(36)}-${index + 1}`
  const wholeSecond = Math.ceil(nowMs / 1_000) * 1_000
  const good = [
    { payload: 'in two seconds', dueAtMs: nowMs + 2_000 },
    { payload: 'at half past a second', dueAtMs: wholeSecond + 3_500 },
    { payload: 'in five seconds', dueAtMs: nowMs + 5_000 },
    { payload: 'in ninety seconds', dueAtMs: nowMs + 90_000 },
  ]
  return [
    ...good.map(({ payload, dueAtMs }, index) => ({
      dueAtMs,
      event: { id: id(index), date: new Date(dueAtMs).toISOString(), target, user: 'demo', payload },
    })),
    { event: { id: id(good.length), date: 'when it suits you', target, user: 'demo', payload: 'a bad one' } },
  ]
}

export async function publish(sns: SNSClient, TopicArn: string, events: Sample[]): Promise<void> {
  for (const { event } of events) await sns.send(new PublishCommand({ TopicArn, Message: JSON.stringify(event) }))
}
