import { show } from './show.ts'

/** How the parser ends a reason: with a position, or with the text around it. Source: V8, message templates. */
const PLACE = /,? (?:(?:in JSON )?at position (\d+).*|(?:\.\.\.)?".*"(?:\.\.\.)? is not valid JSON)$/s

/** The parser's own reason why `text` is no JSON, with the position and the text around it. @returns a clause */
export function whyNoJson(text: string): string {
  const reason = reasonOf(text)
  const position = Number(PLACE.exec(reason)?.[1] ?? tokenPosition(text))
  const around = text.slice(Math.max(0, position - 30), position + 20)
  return `${reason.replace(PLACE, '')} at position ${position}, near ${show(around)}`
}

function reasonOf(text: string): string {
  try {
    JSON.parse(text)
    return ''
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/**
 * The parser does not say where an unexpected token stands: right behind the longest beginning of the text in which it
 * finds none. Where it finds none at all, the text ends too soon.
 */
function tokenPosition(text: string): number {
  const hasToken = (length: number) => reasonOf(text.slice(0, length)).startsWith('Unexpected token')
  if (!hasToken(text.length)) return text.length
  let [without, having] = [0, text.length]
  while (having - without > 1) {
    const middle = Math.floor((without + having) / 2)
    if (hasToken(middle)) having = middle
    else without = middle
  }
  return without
}
