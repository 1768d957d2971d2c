/** An EventBridge pattern made of nested keys and lists of the exact values allowed. */
export type EventPattern = { [key: string]: EventPattern | (string | number | boolean | null)[] }

/** Throws on what `matches` does not understand: content filters such as `{"prefix": …}`. */
export function parsePattern(json: string): EventPattern {
  const pattern = JSON.parse(json)
  check(pattern, '')
  return pattern
}

function check(pattern: unknown, at: string): void {
  if (Array.isArray(pattern)) {
    if (pattern.some((value) => typeof value === 'object' && value !== null)) {
      throw new Error(`event pattern at ${at}: the local stack matches exact values only`)
    }
  } else if (typeof pattern === 'object' && pattern !== null) {
    for (const [key, inner] of Object.entries(pattern)) check(inner, `${at}.${key}`)
  } else {
    throw new Error(`event pattern at ${at}: values must be in a list`)
  }
}

/** Whether every key of the pattern is in the event with one of the values listed. */
export function matches(pattern: EventPattern, event: unknown): boolean {
  return Object.entries(pattern).every(([key, allowed]) => {
    const value = (event as Record<string, unknown> | null)?.[key]
    if (!Array.isArray(allowed)) return typeof value === 'object' && matches(allowed, value)
    const values = Array.isArray(value) ? value : [value]
    return values.some((each) => allowed.includes(each))
  })
}
