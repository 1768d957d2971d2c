import type { BatchResultErrorEntry } from '@aws-sdk/client-sns'
import type { FailureCode } from '../core/errors.ts'

/** Error codes of SNS that another attempt will not mend, and what they mean. Source: SNS API reference, Publish errors. */
const PERMANENT: Record<string, FailureCode> = {
  NotFound: 'TARGET_NOT_FOUND',
  NotFoundException: 'TARGET_NOT_FOUND',
  AuthorizationError: 'TARGET_DENIED',
  AuthorizationErrorException: 'TARGET_DENIED',
  AccessDenied: 'TARGET_DENIED',
  AccessDeniedException: 'TARGET_DENIED',
  InvalidSecurity: 'TARGET_DENIED',
  InvalidSecurityException: 'TARGET_DENIED',
  KMSAccessDenied: 'TARGET_DENIED',
  KMSAccessDeniedException: 'TARGET_DENIED',
  InvalidParameter: 'TARGET_REFUSED',
  InvalidParameterException: 'TARGET_REFUSED',
  InvalidParameterValue: 'TARGET_REFUSED',
  InvalidParameterValueException: 'TARGET_REFUSED',
  ParameterValueInvalid: 'TARGET_REFUSED',
  ValidationException: 'TARGET_REFUSED',
}

/** Why SNS has not taken what was published. `error` is what it said, for people. */
export interface PublishFailure {
  ok: false
  code: FailureCode
  error: string
}

/** Why one entry of a batch was not taken. */
export function failureOfEntry({ Code = 'Unknown', Message = '', SenderFault }: BatchResultErrorEntry): PublishFailure {
  const transient = SenderFault ? 'TARGET_REFUSED' : 'TARGET_UNAVAILABLE'
  const throttled = /throttl/i.test(Code)
  const code = throttled ? 'TARGET_UNAVAILABLE' : (PERMANENT[Code] ?? transient)
  return { ok: false, code, error: `${Code}: ${Message}` }
}

/** Why a call was not carried out. */
export function failureOf(error: unknown): PublishFailure {
  const { name, message } = error instanceof Error ? error : { name: 'Unknown', message: String(error) }
  return { ok: false, code: PERMANENT[name] ?? 'TARGET_UNAVAILABLE', error: `${name}: ${message}` }
}
