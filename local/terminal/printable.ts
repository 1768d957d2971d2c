/**
 * What a terminal obeys instead of showing it (control characters), what hides or turns around the text beside it
 * (format characters, those of bidirectional text among them), what breaks lines, and halves of characters.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu

/** `text` with every character that could harm a terminal or mislead its reader written as `\uXXXX`, as in JSON. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => character.split('').map(escaped).join(''))
}

const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`

/** `value` as JSON in one line that is safe to print. */
export const printableJson = (value: unknown) => printable(JSON.stringify(value))

/** Characters of a payload that are printed: with the rest of the line, what fits a wide terminal. */
const SHOWN_CHARACTERS = 60

/** The beginning of `text` in quotes, safe to print; what is cut off is counted. */
export function quoted(text: string): string {
  // No more is split into characters than can be shown: a payload has up to 256 KiB.
  const beginning = [...text.slice(0, 2 * SHOWN_CHARACTERS)].slice(0, SHOWN_CHARACTERS).join('')
  if (beginning.length === text.length) return printableJson(text)
  return `${printableJson(`${beginning}…`)} (${text.length} characters)`
}
