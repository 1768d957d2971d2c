import type { CancelRequest, RescheduleRequest } from '../../core/request.ts'
import { notifyWith } from '../notify.ts'
import { openSlotWith } from '../open-slot.ts'
import { openedSlots } from '../opened-slots.ts'
import { slotAtWith } from '../slot-at.ts'
import type { World } from '../world.ts'
import { cancelWith } from './cancel.ts'
import { cancelAllWith, replaceWith } from './clear-id.ts'
import { dispatchWith } from './dispatch.ts'
import { joiningWith } from './joining.ts'
import { onlyDateWith } from './only-date.ts'
import type { Refusal } from './refusal.ts'
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
  'index',
  'failureTopicArn',
  'rules',
] as const satisfies (keyof World)[]

export type ValidatingWorld = Pick<World, (typeof VALIDATING)[number]>

/** By id and date, or all of the id. */
function cancelEitherWay(cancel: ReturnType<typeof cancelWith>, cancelAll: ReturnType<typeof cancelAllWith>) {
  return async (request: CancelRequest): Promise<Refusal | undefined> =>
    request.date ? cancel({ ...request, date: request.date }) : cancelAll(request)
}

/** By id and date, or by the only date that is pending under the id. */
function rescheduleEitherWay(reschedule: ReturnType<typeof rescheduleWith>, onlyDate: ReturnType<typeof onlyDateWith>) {
  return async (request: RescheduleRequest): Promise<Refusal | undefined> => {
    const date = request.date ?? (await onlyDate(request))
    return date && 'atMs' in date ? reschedule({ ...request, date }) : date
  }
}

/** The steps of the validator, each given the ones that it takes. */
export function steps(world: ValidatingWorld) {
  const opened = openedSlots(world.clock)
  const slotAt = slotAtWith(world)
  const openSlot = openSlotWith({ ...world, opened })
  const dispatch = dispatchWith({ ...world, openSlot })
  const join = joiningWith({ ...world, opened })
  const schedule = scheduleWith({ ...world, slotAt, openSlot, join, dispatch })
  const deps = { ...world, slotAt, openSlot, schedule }
  return {
    slotAt,
    openSlot,
    dispatch,
    schedule,
    cancel: cancelEitherWay(cancelWith(deps), cancelAllWith(deps)),
    reschedule: rescheduleEitherWay(rescheduleWith(deps), onlyDateWith(deps)),
    replace: replaceWith(deps),
    notify: notifyWith(world),
  }
}
