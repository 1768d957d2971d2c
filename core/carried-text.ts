/** A character that SNS does not carry. Source: Amazon SNS FAQs, accepted characters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that it is about
const NOT_CARRIED = /[^\u0009\u000a\u000d\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u

/** What is wrong with a text that SNS would have to change or refuse; undefined if it carries it as it is. */
export function whyNotCarried(text: string): string | undefined {
  const found = NOT_CARRIED.exec(text)
  if (!found) return undefined
  const code = (found[0].codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0')
  const what = /[\ud800-\udfff]/.test(found[0]) ? `a lone surrogate, U+${code},` : `the character U+${code}`
  return `has ${what} at position ${found.index}, which SNS does not carry. Encode binary data, for example with base64`
}

/** The same JSON, with characters that SNS does not carry written as `\\uXXXX`. They can stand in its strings alone. */
export function carriedJson(json: string): string {
  return json.replaceAll(/[\ud800-\udfff\ufffe\uffff]/gu, (character) => `\\u${character.charCodeAt(0).toString(16)}`)
}
