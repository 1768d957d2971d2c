import { changingAll } from './changing-all.ts'
import type { Client } from './client.ts'
import type { ClientOptions } from './options.ts'
import { clientParts } from './parts.ts'
import { reading } from './reading.ts'
import { redriving } from './redriving.ts'
import { sending } from './sending.ts'
import { tail } from './tail.ts'

/**
 * A client of one scheduler. Nothing is called before a method is, and each AWS client is made when it is first needed.
 *
 * @example
 * ```ts
 * import { createClient } from 'aws-scheduler/client'
 *
 * const scheduler = createClient({ stack: 'prod' })
 * const { id } = await scheduler.schedule({ date: { in: '10m' }, target, user: 'orders', payload: 'reminder' })
 * await scheduler.cancel(id)
 * ```
 */
export function createClient(options: ClientOptions): Client {
  const parts = clientParts(options)
  const read = reading(parts)
  return {
    ...sending(parts),
    ...read,
    ...changingAll(parts, read.list),
    ...redriving(parts, read.list),
    tail: (options = {}) => tail({ open: () => parts.openTail(options.topicArns), clock: parts.clock }, options),
    stack: parts.stack,
    close: parts.close,
  }
}
