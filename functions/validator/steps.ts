import { notifyWith } from '../notify.ts'
import { openSlotWith } from '../open-slot.ts'
import { openedSlots } from '../opened-slots.ts'
import { slotAtWith } from '../slot-at.ts'
import type { World } from '../world.ts'
import { cancelWith } from './cancel.ts'
import { dispatchWith } from './dispatch.ts'
import { rescheduleWith } from './reschedule.ts'
import { scheduleWith } from './schedule.ts'

/** The parts of the world that the validator's steps take. */
export const VALIDATING = [
  'clock',
  'random',
  'log',
  'metrics',
  'table',
  'topics',
  'runners',
  'express',
  'shards',
  'failureTopicArn',
  'rules',
] as const satisfies (keyof World)[]

export type ValidatingWorld = Pick<World, (typeof VALIDATING)[number]>

/** The steps of the validator, each given the ones that it takes. */
export function steps(world: ValidatingWorld) {
  const opened = openedSlots(world.clock)
  const slotAt = slotAtWith(world)
  const openSlot = openSlotWith({ ...world, opened })
  const dispatch = dispatchWith({ ...world, openSlot })
  const schedule = scheduleWith({ ...world, slotAt, openSlot, opened, dispatch })
  const reschedule = rescheduleWith({ ...world, slotAt, schedule })
  const cancel = cancelWith({ ...world, slotAt, schedule })
  return { slotAt, openSlot, dispatch, schedule, reschedule, cancel, notify: notifyWith(world) }
}
