/** Name of the attribute, of input and of output messages. */
export const TRACEPARENT = 'traceparent'

/** Version, trace id, parent id, flags. Source: W3C Trace Context, traceparent header. */
const FORM = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/

/**
 * The trace context that a publish carries, so that a trace can link the delivery to it. One that is malformed is dropped,
 * as the standard asks: it is nobody's mistake that an event should fail for.
 */
export function readTraceparent(value: unknown): string | undefined {
  return typeof value === 'string' && FORM.test(value) ? value : undefined
}
