/** What would turn, hide or end the text beside it is shown as the escape that JSON and JavaScript have for it. */
export function visible(text: string): string {
  return text.replace(HIDDEN, (one) =>
    [...Array(one.length).keys()].map((i) => `\\u${one.charCodeAt(i).toString(16).padStart(4, '0')}`).join(''),
  )
}

/** Control characters but for line breaks and tabs; format characters, separators of lines, and halves of pairs. */
const HIDDEN = /[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|[^\P{Cc}\n\t]/gu

/** JSON is laid out; what is none is shown as it is. */
export function pretty(payload: string): string {
  try {
    return JSON.stringify(JSON.parse(payload), null, 2)
  } catch {
    return payload
  }
}

/** A word of a POSIX shell; where a character would hide, of bash and zsh. */
export function quoted(text: string): string {
  if (/^[A-Za-z0-9_./:@=+-]+$/.test(text)) return text
  const shown = visible(text)
  if (shown === text && !/[\n\t]/.test(text)) return `'${text.replaceAll("'", "'\\''")}'`
  const escapes: Record<string, string> = { '\\': '\\\\', "'": "\\'", '\n': '\\n', '\t': '\\t' }
  return `$'${[...text].map((one) => escapes[one] ?? inBash(one)).join('')}'`
}

/** By code points, not by halves of pairs. */
function inBash(one: string): string {
  const point = (one.codePointAt(0) ?? 0).toString(16)
  return visible(one) === one ? one : point.length > 4 ? `\\U${point.padStart(8, '0')}` : `\\u${point.padStart(4, '0')}`
}
