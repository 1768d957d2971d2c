import type { Refusal } from '../../core/refusal.ts'
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
import { type Asking, HAS_LEASE, leasingWith } from './leasing.ts'
import { onlyDateWith } from './only-date.ts'
import { rescheduleWith } from './reschedule.ts'
import { scheduleWith } from './schedule.ts'
import type { Aside } from './waiting.ts'

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
  return async (request: CancelRequest, aside: Aside): Promise<Refusal | undefined> =>
    request.date ? cancel({ ...request, date: request.date }, aside) : cancelAll(request, aside)
}

/** By id and date, or by the only date that is pending under the id. */
function rescheduleEitherWay(reschedule: ReturnType<typeof rescheduleWith>, onlyDate: ReturnType<typeof onlyDateWith>) {
  return async (request: RescheduleRequest, aside: Aside): Promise<Refusal | undefined> => {
    const date = request.date ?? (await onlyDate(request, aside))
    return date && 'atMs' in date ? reschedule({ ...request, date }, aside) : date
  }
}

/** The steps of the validator, each given the ones that it takes. */
export function steps(world: ValidatingWorld) {
  const opened = openedSlots(world.clock)
  const slotAt = slotAtWith(world)
  const openSlot = openSlotWith({ ...world, opened })
  const dispatch = dispatchWith({ ...world, openSlot })
  const join = joiningWith({ ...world, opened })
  const scheduling = scheduleWith({ ...world, slotAt, openSlot, join, dispatch })
  const withLease = leasingWith(world)
  // A change that schedules has its id for itself already.
  const deps = { ...world, slotAt, openSlot, schedule: scheduling(HAS_LEASE).schedule }
  const leased = <Request extends Asking>(
    step: (request: Request, aside: Aside) => Promise<Refusal | undefined | readonly Refusal[]>,
  ) => {
    return (request: Request) => withLease(request, async (aside) => [(await step(request, aside)) ?? []].flat())
  }
  return {
    slotAt,
    openSlot,
    dispatch,
    ...scheduling(withLease),
    cancel: leased(cancelEitherWay(cancelWith(deps), cancelAllWith(deps))),
    reschedule: leased(rescheduleEitherWay(rescheduleWith(deps), onlyDateWith(deps))),
    replace: leased(replaceWith(deps)),
    notify: notifyWith(world),
  }
}
