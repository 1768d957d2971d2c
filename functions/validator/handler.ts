import { expressLane } from '../../aws/express-lane.ts'
import { metrics } from '../../aws/metrics.ts'
import { sfnClient } from '../../aws/runners.ts'
import { lambda } from '../lambda.ts'
import { settings } from '../variables.ts'
import { base, opening, publishing } from '../world.ts'
import { cancelWith } from './cancel.ts'
import { dispatchWith } from './dispatch.ts'
import { rescheduleWith } from './reschedule.ts'
import { scheduleWith } from './schedule.ts'
import { validateWith } from './validate.ts'

/** Takes what clients publish: checks it, parks it, and sees to what is due soon. Invoked with batches of the input queue. */
export const handler = lambda(() => {
  const {
    ALLOWED_TARGETS,
    ENFORCE_USER,
    SHARDS: shards,
    DELIVER_NOW_ARN,
  } = settings('ALLOWED_TARGETS', 'ENFORCE_USER', 'SHARDS', 'DELIVER_NOW_ARN')
  const common = { ...base(), shards }
  const sfn = sfnClient()
  const { openSlot } = opening(common, sfn)
  const dispatch = dispatchWith({ ...common, openSlot, express: expressLane(sfn, DELIVER_NOW_ARN) })
  const schedule = scheduleWith({ ...common, openSlot, dispatch })
  return validateWith({
    ...common,
    ...publishing(common),
    rules: { allowedTargets: ALLOWED_TARGETS, enforceUser: ENFORCE_USER },
    schedule,
    cancel: cancelWith(common),
    reschedule: rescheduleWith({ ...common, schedule }),
    metrics: metrics(),
  })
})
