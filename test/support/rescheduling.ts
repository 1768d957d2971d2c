import type { ScheduledEvent } from '../../core/event.ts'
import type { RescheduleRequest } from '../../core/request.ts'
import { NOW_MS } from './arriving.ts'
import { topicArn } from './builders.ts'
import { aWorld, stepsOf, type World } from './world.ts'

/** The new date of a request that names none, epoch ms. */
export const NEW_MS = NOW_MS + 400_000

export const instant = (atMs: number) => ({ text: new Date(atMs).toISOString(), atMs })

/** A request to move an event. */
export const requestFor = (
  { id, dueAtMs }: ScheduledEvent,
  more: Partial<RescheduleRequest> = {},
): RescheduleRequest => ({
  action: 'reschedule',
  publication: { messageId: 'the reschedule', atMs: NOW_MS },
  id,
  date: instant(dueAtMs),
  newDate: instant(NEW_MS),
  ...more,
})

export const reschedule = (world: World, event: ScheduledEvent, more: Partial<RescheduleRequest> = {}) =>
  world.clock.run(stepsOf(world).reschedule(requestFor(event, more)))

/** A request that crashes before it comes to its new date. */
export const cutOff = (world: World, event: ScheduledEvent, more: Partial<RescheduleRequest>) => {
  const down = { ...world, table: { ...world.table, parkFirst: () => Promise.reject(new Error('crash')) } }
  return reschedule(down, event, more).catch(() => 'crashed')
}

/** What a target has received. */
export const received = (world: World) => world.topics.received(topicArn())

/** A world in which an event is scheduled. */
export async function withEvent(event: ScheduledEvent): Promise<World> {
  const world = aWorld({ atMs: NOW_MS })
  await world.clock.run(stepsOf(world).schedule([event]))
  return world
}
