import { AwsError } from '../endpoint/aws-error.ts'
import { element, escapeXml } from '../endpoint/xml.ts'
import type { FanOut, Publication } from './fan-out.ts'
import { invalidParameter } from './invalid-parameter.ts'
import { parseTexts, textFor } from './message-texts.ts'
import { attributesOf, batchEntries, type Entry, type PublishForm, publishEntry, subjectOf } from './publish-form.ts'

/** What is left to do of a Publish or PublishBatch when fauxqs has answered it. */
export interface Published {
  topicArn: string
  publications: Publication[]
  /** Entries of the batch that are not good, and why; fauxqs has not seen them. */
  refused: { entryId: string; error: AwsError }[]
}

/**
 * Readies a Publish or PublishBatch for fauxqs, which hands it to the queues: refuses what AWS refuses, and puts the
 * queues' text in place of a message that has a text for each protocol. One bad entry spares the rest of its batch.
 */
export function preparePublish(form: PublishForm, bodyBytes: number, fanOut: FanOut): Published | undefined {
  const isBatch = form.Action === 'PublishBatch'
  const entries = (isBatch ? batchEntries : publishEntry)(form, bodyBytes)
  const topicArn = form.TopicArn ?? ''
  const concerned = fanOut.concerns(topicArn)
  const published: Published = { topicArn, publications: [], refused: [] }
  for (const entry of entries) {
    try {
      const publication = prepareEntry(form, entry, concerned)
      if (publication) published.publications.push(publication)
    } catch (error) {
      if (entry.entryId === undefined || !(error instanceof AwsError)) throw error
      published.refused.push({ entryId: entry.entryId, error })
      // fauxqs passes over an entry without a message.
      delete form[`${entry.prefix}Message`]
    }
  }
  return concerned || published.refused.length > 0 ? published : undefined
}

function prepareEntry(form: PublishForm, entry: Entry, concerned: boolean): Publication | undefined {
  const { prefix, entryId } = entry
  const message = form[`${prefix}Message`]
  if (!message) throw invalidParameter('Empty message')
  const subject = subjectOf(form, entry)
  // Source: Amazon SNS, Publish.
  if (subject !== undefined && !/^[^\p{Cc}]{1,100}$/u.test(subject)) throw invalidParameter('Subject')
  const structured = form[`${prefix}MessageStructure`] === 'json'
  if (!structured && !concerned) return undefined
  const texts = structured ? parseTexts(message) : { default: message }
  form[`${prefix}Message`] = textFor('sqs', texts)
  if (!concerned) return undefined
  return { ...(entryId ? { entryId } : {}), subject, texts, attributes: attributesOf(form, entry) }
}

/** Hands what fauxqs has taken to the other subscribers. */
export function handOn({ topicArn, publications }: Published, answer: string, fanOut: FanOut): void {
  const ids = new Map<string | undefined, string>(
    [...answer.matchAll(/(?:<Id>([^<]*)<\/Id>)?<MessageId>([^<]*)</g)].map(([, entryId, id = '']) => [entryId, id]),
  )
  for (const publication of publications) {
    const messageId = ids.get(publication.entryId)
    if (messageId) fanOut.hand(topicArn, messageId, publication)
  }
}

/** Adds the refused entries to the answer of a batch. */
export function withRefused(answer: string, { refused }: Published): string {
  return answer.replace('</Failed>', () => `${failedXml(refused)}</Failed>`)
}

/** The answer to a batch with no good entry, which fauxqs would take for an empty one; refused entries are added to it. */
export const nothingPublished = () =>
  element('PublishBatchResponse', element('PublishBatchResult', '<Successful></Successful><Failed></Failed>'))

const failedXml = (refused: Published['refused']) =>
  refused
    .map(({ entryId, error }) => ({ Id: entryId, Code: error.code, Message: error.message, SenderFault: 'true' }))
    .map((fields) => Object.entries(fields).map(([name, text]) => element(name, escapeXml(text))))
    .map((fields) => element('member', fields.join('')))
    .join('')
