import * as z from 'zod'

/**
 * The publish that something came from. Of two the one that was published later wins, whichever arrives first; one that
 * arrives again changes nothing.
 */
export const publicationSchema = z.object({
  /** The SNS MessageId, which redelivery does not change; that of SQS for what was sent to the input queue itself. */
  messageId: z.string(),
  /** When the topic, or the queue, took it, epoch ms. */
  atMs: z.number(),
})
export type Publication = z.infer<typeof publicationSchema>

/** What a request meets: a fact, and the publish that it came from, if it was one. */
export interface Met {
  publication?: Publication | undefined
  /** When the fact was written, epoch ms; of what came from no publish. */
  atMs?: number | undefined
}

/**
 * Whether a request was published after what it meets. Two of the same millisecond are in no order. A request of which
 * nothing is known counts as the latest.
 */
export function isLater(request: Publication | undefined, { publication, atMs = 0 }: Met): boolean {
  return request === undefined || request.atMs > (publication?.atMs ?? atMs)
}

/** Whether a request was published before what it meets. */
export function isEarlier(request: Publication | undefined, { publication, atMs = 0 }: Met): boolean {
  return request !== undefined && request.atMs < (publication?.atMs ?? atMs)
}

/** Whether something came from that very publish: of what came from none that is never known. */
export function isOf(publication: Publication | undefined, met: Met | undefined): boolean {
  return met?.publication !== undefined && met.publication.messageId === publication?.messageId
}
