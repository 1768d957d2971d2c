import { AwsError } from '../endpoint/aws-error.ts'
import { type Form, read } from '../endpoint/query-protocol/form.ts'
import { pairs, structure, text } from '../endpoint/query-protocol/shapes.ts'
import type { MessageAttributes } from '../fauxqs.ts'
import { invalidParameter } from './invalid-parameter.ts'

export type PublishForm = Record<string, string>

/** A message of a request: `prefix` is what its fields are named after, and `entryId` names it within a batch. */
export interface Entry {
  prefix: string
  entryId?: string
}

/** What all messages of a request may have together, with their attributes. Source: Amazon SNS, Publish and PublishBatch. */
const MAX_BYTES = 262_144
/** Source: Amazon SNS, PublishBatch. */
const MAX_ENTRIES = 10
const ENTRY = 'PublishBatchRequestEntries.member.'
const ATTRIBUTES = pairs(
  structure({ DataType: text, StringValue: text, BinaryValue: text }),
  'Name',
  'Value',
  'MessageAttributes.entry',
)

/** The one message of Publish, if the request is sound. */
export function publishEntry(form: PublishForm, bodyBytes: number): Entry[] {
  if (form.PhoneNumber) throw invalidParameter('PhoneNumber: the local SNS publishes to topics only')
  form.TopicArn ??= form.TargetArn ?? ''
  if (!form.TopicArn) throw invalidParameter('TopicArn or TargetArn Reason: no value for required parameter')
  if (bodyBytes > MAX_BYTES && bytesOf(form, '') > MAX_BYTES) throw invalidParameter('Message too long')
  return [{ prefix: '' }]
}

/** The messages of PublishBatch, if the batch is sound as a whole. */
export function batchEntries(form: PublishForm, bodyBytes: number): Entry[] {
  const entries = prefixesOf(form).map((prefix) => ({ prefix, entryId: form[`${prefix}Id`] ?? '' }))
  if (entries.length > MAX_ENTRIES) {
    throw new AwsError(
      'TooManyEntriesInBatchRequest',
      `The batch request contains more entries than permissible: ${entries.length}, and at most ${MAX_ENTRIES} are.`,
    )
  }
  const ids = new Set<string>()
  for (const { entryId } of entries) {
    if (!/^[\w-]{1,80}$/.test(entryId)) {
      throw new AwsError(
        'InvalidBatchEntryId',
        `The Id of a batch entry can only contain alphanumeric characters, hyphens and underscores, at most 80: "${entryId}" is none.`,
      )
    }
    if (ids.has(entryId)) {
      throw new AwsError('BatchEntryIdsNotDistinct', `Two or more batch entries have the same Id: ${entryId}.`)
    }
    ids.add(entryId)
  }
  if (bodyBytes > MAX_BYTES) checkTotal(form, entries)
  return entries
}

/** A form is never shorter than what it says: of a smaller one nothing needs to be counted. */
function checkTotal(form: PublishForm, entries: Entry[]): void {
  const total = entries.reduce((sum, { prefix }) => sum + bytesOf(form, prefix), 0)
  if (total <= MAX_BYTES) return
  throw new AwsError(
    'BatchRequestTooLong',
    `The length of all the messages put together is more than the limit: ${total} bytes, and at most ${MAX_BYTES} are taken.`,
  )
}

export const subjectOf = (form: Form, { prefix }: Entry): string | undefined => form[`${prefix}Subject`]

export const attributesOf = (form: Form, { prefix }: Entry): MessageAttributes =>
  (read(ATTRIBUTES, form, prefix.slice(0, -1)) ?? {}) as MessageAttributes

function prefixesOf(form: PublishForm): string[] {
  const prefixes = new Set<string>()
  for (const key in form) {
    const end = key.startsWith(ENTRY) ? key.indexOf('.', ENTRY.length) : -1
    if (end > 0) prefixes.add(key.slice(0, end + 1))
  }
  return [...prefixes]
}

function bytesOf(form: PublishForm, prefix: string): number {
  const attributes = `${prefix}MessageAttributes.`
  let bytes = Buffer.byteLength(form[`${prefix}Message`] ?? '')
  for (const [key, value] of Object.entries(form)) {
    if (key.startsWith(attributes)) bytes += Buffer.byteLength(value, key.endsWith('.BinaryValue') ? 'base64' : 'utf8')
  }
  return bytes
}
