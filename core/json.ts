/** What `text` says, or undefined if it is no JSON: no JSON text stands for undefined, so the two are never confused. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Why `text` is no JSON, in the parser's own words, with the text around the place that it names. */
export function whyNoJson(text: string): string {
  try {
    JSON.parse(text)
    return 'it is JSON'
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const at = Number(/ at position (\d+)/.exec(reason)?.[1] ?? text.length)
    return `${reason}, near ${JSON.stringify(text.slice(Math.max(0, at - 40), at + 20))}`
  }
}

/** A mark that some programs put before text. Source: RFC 8259, section 8.1: a parser may ignore it. */
const BYTE_ORDER_MARK = '\ufeff'

/** The text without a byte order mark before it. */
export function withoutByteOrderMark(text: string): string {
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(BYTE_ORDER_MARK.length) : text
}
