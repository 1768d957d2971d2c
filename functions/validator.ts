import { base, opening, publishing } from './deps.ts'
import { cancelWith } from './flow/cancel.ts'
import { dispatchWith } from './flow/dispatch.ts'
import { rescheduleWith } from './flow/reschedule.ts'
import { scheduleWith } from './flow/schedule.ts'
import { validateWith } from './flow/validate.ts'
import { expressLane } from './gateway/express-lane.ts'
import { lambda } from './gateway/lambda.ts'
import { metrics } from './gateway/metrics.ts'
import { sfnClient } from './gateway/runners.ts'
import { settings } from './gateway/settings.ts'

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
