/** A connection that is not made within this is given up, ms. */
const CONNECT_TIMEOUT_MS = 3_000

/**
 * Timeouts of a client's requests that fire. The SDK's own default waits for ever: `requestTimeout` only warns unless it
 * is told to throw, and ends with the head of an answer; what stops half-way is noticed by the silence of the socket.
 * Source: @smithy/node-http-handler, NodeHttpHandlerOptions.
 * @param answerMs longest wait for an answer to begin, and longest silence within it, ms
 */
export function timeouts(answerMs: number) {
  return {
    connectionTimeout: CONNECT_TIMEOUT_MS,
    requestTimeout: answerMs,
    throwOnRequestTimeout: true,
    socketTimeout: answerMs,
  }
}
