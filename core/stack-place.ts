/** What the parts of a stack are called: a topic, the table, a function … of the stack's name. */
export function partName(part: string, stack: string): string {
  return `scheduler-${part}-${stack}`
}

/** Where the stack of a laptop says it is, and where it listens unless it is told otherwise. */
export const LOCAL = {
  stack: 'local',
  region: 'us-east-1',
  accountId: '000000000000',
  endpoint: 'http://127.0.0.1:4566',
  /** Nothing checks them, but SDKs want some. */
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
} as const
