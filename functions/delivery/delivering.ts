import { notifyWith } from '../notify.ts'
import { openSlotWith } from '../open-slot.ts'
import { slotAtWith } from '../slot-at.ts'
import type { World } from '../world.ts'

/** The parts of the world that delivering takes: the emitter's and the settler's. */
export const DELIVERING = [
  'clock',
  'random',
  'log',
  'metrics',
  'table',
  'topics',
  'runners',
  'shards',
  'maxAttempts',
  'failureTopicArn',
] as const satisfies (keyof World)[]

export type DeliveringWorld = Pick<World, (typeof DELIVERING)[number]>

/** That world together with the steps that delivering is made of. */
export function delivering<W extends DeliveringWorld>(world: W) {
  return { ...world, openSlot: openSlotWith(world), slotAt: slotAtWith(world), notify: notifyWith(world) }
}
