// `aws-scheduler`: the words in which a client and the scheduler speak. They need no SDK, and neither do their types.

export {
  FAILURE_CODES,
  FAULT_CODES,
  type FailureCode,
  type FaultCode,
  REJECTION_CODES,
  type RejectionCode,
  SchedulerError,
} from '../core/errors.ts'
export type { Notice } from '../core/notice.ts'
export {
  type CancelRequest,
  isNotice,
  parseRequest,
  type Request,
  type RescheduleRequest,
  type ScheduleRequest,
} from '../core/request.ts'
export { type InputRules, type Instant, requestSchema } from '../core/request-schema.ts'
export { STATUSES, type Status } from '../status/status.ts'
