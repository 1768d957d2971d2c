import { invalidParameter } from './invalid-parameter.ts'

/** What each protocol gets of a message that has a text of its own for some of them. */
export type MessageTexts = Readonly<Record<string, string>> & { readonly default: string }

/**
 * The texts in a message whose MessageStructure is `json`: an object of texts by protocol, of which `default` must be
 * one; what is no text is passed over. Source: Amazon SNS, Publish.
 */
export function parseTexts(message: string): MessageTexts {
  let value: unknown
  try {
    value = JSON.parse(message)
  } catch {
    throw invalidParameter('Message Structure - JSON message body failed to parse')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidParameter('Message Structure - JSON message body failed to parse')
  }
  const texts = Object.fromEntries(Object.entries(value).filter(([, text]) => typeof text === 'string'))
  if (texts.default === undefined) throw invalidParameter('Message Structure - No default entry in JSON message body')
  return texts as MessageTexts
}

export const textFor = (protocol: string, texts: MessageTexts): string =>
  Object.hasOwn(texts, protocol) ? (texts[protocol] as string) : texts.default
