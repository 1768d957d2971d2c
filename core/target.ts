/** ARN of a standard SNS topic. Source: SNS API reference, CreateTopic: names have up to 256 of `A-Za-z0-9_-`. */
export const TOPIC_ARN = /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}$/

/** Whether `text` is the ARN of a standard SNS topic. */
export function isTopicArn(text: string): boolean {
  return TOPIC_ARN.test(text)
}

/** Whether `arn` matches one of `patterns`, in which `*` stands for any characters, as in IAM. */
export function isAllowedTarget(arn: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => new RegExp(`^${pattern.split('*').map(escapeRegExp).join('.*')}$`).test(arn))
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}
