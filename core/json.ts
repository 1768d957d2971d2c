/**
 * What Node.js has since version 21, and TypeScript does not know yet: the digits of a number as they were read, and
 * numbers that are written so. Source: TC39, JSON.parse source text access.
 */
interface ExactJson {
  rawJSON(text: string): unknown
  isRawJSON(value: unknown): boolean
}
type Revive = (key: string, value: unknown, context: { source?: string }) => unknown
const { rawJSON, isRawJSON } = JSON as unknown as ExactJson
const reviveAll = JSON.parse as (text: string, revive: Revive) => unknown

/** What `text` says, or undefined if it is no JSON: no JSON text stands for undefined, so the two are never confused. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * As `parseJson`, but a number that JavaScript would change, such as one beyond 2^53, is an object that JSON.stringify
 * writes as it was read. In JSON nested deeper than `MAX_NESTING`, at which a stack might end, numbers stay as they are.
 */
export function parseExactly(text: string): unknown {
  const value = parseJson(text)
  if (value === undefined || nestingOf(text) > MAX_NESTING) return value
  return reviveAll(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && String(value) !== source ? rawJSON(source) : value,
  )
}

/**
 * A value as JSON. What lies deeper than `MAX_NESTING` is left out, so that no stack ends.
 * @param onTooDeep called for each value left out
 */
export function writeJson(value: unknown, onTooDeep: () => void = () => {}): string | undefined {
  const depths = new WeakMap<object, number>()
  return JSON.stringify(value, function (this: object, _key, inner: unknown) {
    if (typeof inner !== 'object' || inner === null) return inner
    const depth = (depths.get(this) ?? 0) + 1
    depths.set(inner, depth)
    if (depth <= MAX_NESTING) return inner
    onTooDeep()
    return '…'
  })
}

/** Whether a value that `parseExactly` has read is a JSON object. */
export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isRawJSON(value)
}

/**
 * Most lists and objects within each other: in a message, and in the event of a notice that is still JSON. Parsers of
 * many languages end at a thousand or less.
 */
export const MAX_NESTING = 100

/** How many lists and objects of a JSON text lie within each other at most. */
export function nestingOf(json: string): number {
  let depth = 0
  let deepest = 0
  let quoted = false
  for (let i = 0; i < json.length; i++) {
    const character = json[i]
    if (character === '"') quoted = !quoted
    else if (quoted) i += character === '\\' ? 1 : 0
    else if (character === '[' || character === '{') deepest = Math.max(deepest, ++depth)
    else if (character === ']' || character === '}') depth--
  }
  return deepest
}

/** A mark that some programs put before text. Source: RFC 8259, section 8.1: a parser may ignore it. */
const BYTE_ORDER_MARK = '\ufeff'

/** The text without a byte order mark before it. */
export function withoutByteOrderMark(text: string): string {
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(BYTE_ORDER_MARK.length) : text
}

/** A received text as JSON text: as it is, or as a string if it is none, or so deep that other parsers end at it. */
export function asJson(received: string): string {
  const text = withoutByteOrderMark(received)
  return parseJson(text) === undefined || nestingOf(text) > MAX_NESTING ? JSON.stringify(text) : text
}
