/** What a request gets that DynamoDB can never carry out. */
export function validationException(message: string): Error {
  return named('ValidationException', message)
}

/** What a write gets whose condition does not hold. */
export function conditionalCheckFailed(): Error {
  return named('ConditionalCheckFailedException', 'The conditional request failed')
}

/** What a request gets whose partitions have no capacity left. */
export function throttlingException(): Error {
  return named('ThrottlingException', 'Throughput exceeds the current capacity of your table or index')
}

export function resourceNotFound(): Error {
  return named('ResourceNotFoundException', 'Requested resource not found')
}

/** The memory takes no guesses: what it was not made for must not pass a test. */
export function unknown(what: string): Error {
  return new Error(`DynamoDB in memory does not know ${what}: teach it, and hold it against DynamoDB`)
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name })
}
