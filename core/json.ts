/** What `text` says, or undefined if it is no JSON: no JSON text stands for undefined, so the two are never confused. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
