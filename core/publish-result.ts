import type { FailureCode } from './errors.ts'

/** What became of one publish. `error` is what SNS said, for people. */
export type PublishResult = { ok: true } | { ok: false; code: FailureCode; error: string }
