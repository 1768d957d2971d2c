/** Why an input message is not accepted. */
export const REJECTION_CODES = [
  'MESSAGE_NOT_JSON',
  'MESSAGE_INVALID',
  'MESSAGE_TOO_LARGE',
  'DATE_INVALID',
  'DATE_OUT_OF_RANGE',
  'TARGET_INVALID',
  'TARGET_NOT_ALLOWED',
  'USER_MISSING',
  'PAYLOAD_INVALID',
  'PAYLOAD_TOO_LARGE',
  'FAILURE_TOPIC_INVALID',
  'ID_INVALID',
  'LATEST_INVALID',
  'ACTION_INVALID',
  'EVENT_NOT_FOUND',
  'EVENT_EXISTS',
  'EVENT_AMBIGUOUS',
  'EVENT_ENDED',
  'TOO_LATE',
  'NOT_INDEXED',
] as const

/** Why an accepted event could not be delivered. */
export const FAILURE_CODES = [
  'TARGET_NOT_FOUND',
  'TARGET_DENIED',
  'TARGET_REFUSED',
  'TARGET_UNAVAILABLE',
  'EXPIRED',
] as const

/**
 * What went wrong inside the scheduler, or between a client and it. Whoever called tries again, or a person mends what the
 * sentence names.
 */
export const FAULT_CODES = [
  'TABLE_UNAVAILABLE',
  'TABLE_NOT_FOUND',
  'ITEM_UNREADABLE',
  'EXECUTION_NOT_STARTED',
  'SLOT_NOT_OPENED',
  'NOTICE_NOT_SENT',
  'CANCEL_IN_DOUBT',
  'ID_IN_USE',
  'INPUT_INVALID',
  'VARIABLES_INVALID',
  'STACK_INVALID',
  'FILTER_INVALID',
  'TOPIC_NOT_FOUND',
  'TOPIC_DENIED',
  'TOPIC_REFUSED',
  'TOPIC_UNAVAILABLE',
  'TAIL_FAILED',
  'PACKAGE_MISSING',
] as const

export type RejectionCode = (typeof REJECTION_CODES)[number]
export type FailureCode = (typeof FAILURE_CODES)[number]
export type FaultCode = (typeof FAULT_CODES)[number]

/** Codes of publish failures that another attempt may mend. */
const RETRYABLE: readonly string[] = ['TARGET_UNAVAILABLE'] satisfies FailureCode[]

/** Whether another attempt may succeed. */
export function isRetryable(code: FailureCode): boolean {
  return RETRYABLE.includes(code)
}

/**
 * The one error that this project throws: a code of a closed set, a sentence that says what could not be done, and the
 * cause. Errors of SDKs are translated into it in aws/, input that is not as it should be in functions/. A client is told
 * with it, too, why a message would not be accepted.
 */
export class SchedulerError extends Error {
  override readonly name = 'SchedulerError'
  readonly code: FaultCode | RejectionCode
  /** Where only some of many events were written: those that were not. The others need not be written again. */
  readonly unwritten: readonly { slot: string; key: string }[] | undefined

  constructor(
    code: FaultCode | RejectionCode,
    message: string,
    options?: ErrorOptions & { unwritten?: readonly { slot: string; key: string }[] },
  ) {
    super(message, options)
    this.code = code
    this.unwritten = options?.unwritten
  }
}

/** For whoever goes on without what this version cannot read. @throws any other fault */
export function unlessUnreadable(fault: unknown): undefined {
  if (!(fault instanceof SchedulerError && fault.code === 'ITEM_UNREADABLE')) throw fault
}
