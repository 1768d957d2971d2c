// `aws-scheduler` and `aws-scheduler/client`: a client, and the words in which it and the scheduler speak. The SDK is
// loaded when a client first needs it, and no type needs it.

export type { AwsClient, Connection } from '../aws/aws-client.ts'
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
export type {
  Attempt,
  EventFacts,
  RunnerState,
  SegmentFacts,
  SlotFacts,
  SlotStats,
  WriterFacts,
} from '../status/facts.ts'
export { STATUSES, type Status } from '../status/status.ts'
export type { BatchOptions, BatchProgress, BatchReport, BatchResult } from './batch.ts'
export type { BulkEvent, BulkOptions, BulkProgress, BulkReport } from './bulk.ts'
export type { Client } from './client.ts'
export { createClient } from './create-client.ts'
export type { BulkFilter, EventFilter, ListedEvent, ListFilter } from './event-list.ts'
export type { Cancellation, EventName, EventToSchedule, Preview, Receipt, Rescheduling } from './messages.ts'
export { newId } from './new-id.ts'
export type { ClientOptions, LocalStack, StackByName, StackByOutputs } from './options.ts'
export type { Shift } from './shift.ts'
export type { Stack } from './stack.ts'
export type { TailOptions } from './tail.ts'
export type { Tailed, TailedDelivery, TailedNotice } from './tailed.ts'
export type { When } from './when.ts'
