/** Errors whose code in the query protocol is `AWS.SimpleQueueService.` and their name. Source: botocore's model of SQS. */
const PREFIXED = new Set(
  'BatchEntryIdsNotDistinct BatchRequestTooLong EmptyBatchRequest InvalidBatchEntryId MessageNotInflight PurgeQueueInProgress QueueDeletedRecently TooManyEntriesInBatchRequest UnsupportedOperation'.split(
    ' ',
  ),
)
const RENAMED: Record<string, string> = {
  QueueDoesNotExist: 'AWS.SimpleQueueService.NonExistentQueue',
  QueueNameExists: 'QueueAlreadyExists',
}

/**
 * What the query protocol calls an error of the JSON protocol.
 * @param type as `__type` has it, its namespace included or not
 */
export function queryCodeOf(type: string): string {
  const name = type.split('#').at(-1) ?? type
  return RENAMED[name] ?? (PREFIXED.has(name) ? `AWS.SimpleQueueService.${name}` : name)
}
