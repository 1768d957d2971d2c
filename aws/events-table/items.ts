import * as z from 'zod'
import { FAILURE_CODES } from '../../core/errors.ts'
import type { EventRef } from '../../core/event.ts'
import { LANES } from '../../core/lane.ts'
import { OUTCOMES } from '../../core/outcome.ts'
import { publicationSchema } from '../../core/publication.ts'
import { refusedSchema } from '../../core/refusal.ts'
import { settlingSchema } from '../../core/runner-record.ts'
import { segmentSchema } from '../../core/segment.ts'
import { settlementSchema } from '../../core/settlement.ts'
import { MAX_SHARDS, minuteName } from '../../core/slot.ts'
import { untoldSchema } from '../../core/untold.ts'

/**
 * Every item of the events table: where it stands, its fields, who writes it and when it expires. An event is written
 * once and never changed; what happens to it are items of their own.
 *
 * ```
 * pk      sk                                          item          written by
 * slot    event#<emitAtMs>#<id>[#<turn>]              event         validator; emitter and settler where it goes on
 * slot    payload#<emitAtMs>#<id>[#<turn>]#<hash>     payload       whoever writes its event, before it
 * slot    outcome#<emitAtMs>#<id>[#<turn>]            outcome       validator, emitter, settler
 * slot    checkpoint#<writer>#<atMs>#<random>         checkpoint    emitter, settler
 * slot    announcement#<untilMs>#<random>             announcement  validator
 * slot    owner#<segment>                             owner         emitter, settler
 * slot    runner                                      runner        planner, settler, and whoever opens a slot again
 * loader  watermark                                   watermark     loader; validator for the first one
 * loader  unsettled#<slot>                            unsettled     loader, and whoever opens a slot again
 * minutes#<UTC hour>  <minute>                        minute        whoever first asks for a slot of it
 * id#<id> place#<publishedAtMs>#<dueAtMs>#            place         validator, of ids that clients have given
 * id#<id> clearing                                    clearing      validator, where all of an id is cancelled or replaced
 * id#<id> lease                                       lease         validator, while something is changed under an id
 * ```
 *
 * `emitAtMs` and `atMs` have 15 digits, so that keys sort by time.
 */
export const PREFIX = {
  event: 'event#',
  payload: 'payload#',
  outcome: 'outcome#',
  checkpoint: 'checkpoint#',
  announcement: 'announcement#',
  unsettled: 'unsettled#',
  owner: 'owner#',
  place: 'place#',
} as const

export type Item = Record<string, unknown>
export interface Key {
  pk: string
  sk: string
}

/** What every item of a slot has. `expiresAt` is DynamoDB's time to live, epoch seconds. */
const ofSlot = { pk: z.string(), sk: z.string(), expiresAt: z.number() }

/** An event as it was parked. Expires the retention (see `expiresAt`) after it is to be emitted, or after it was written if that is later. */
export const eventItem = z.object({
  ...ofSlot,
  sk: z.string().startsWith(PREFIX.event),
  id: z.string(),
  dueAtMs: z.number(),
  acceptedAtMs: z.number().optional(),
  publication: publicationSchema.optional(),
  /** As text that sorts by when it was published, see `orderOf`. */
  askedAgain: z.string().optional(),
  emitAtMs: z.number(),
  lane: z.enum(LANES),
  attempt: z.number(),
  target: z.string(),
  /** Absent if it stands apart. */
  payload: z.string().optional(),
  /** The hash of a payload that stands apart, under which it stands. */
  apart: z.string().optional(),
  /** Length of the payload in UTF-16 units, so that planning need not read the payload. */
  size: z.number(),
  date: z.string(),
  user: z.string().optional(),
  failureTopic: z.string().optional(),
  latest: z.string().optional(),
  latestAtMs: z.number().optional(),
  traceparent: z.string().optional(),
  untold: untoldSchema.optional(),
})

/** An event whose payload has been put with it, wherever it stood. */
export const wholeEventItem = eventItem.required({ payload: true })

/**
 * A payload of more than `APART_BYTES`, apart from its event: so that planning, settling and looking read little for each
 * event. Written before the event, which names it. Expires like the event.
 */
export const payloadItem = z.object({ ...ofSlot, sk: z.string().startsWith(PREFIX.payload), payload: z.string() })

/**
 * What happened to one event, under the key of that event: exceptions only. Expires like the event. Its `write` is for nobody but
 * the request that wrote it, which finds itself there when it is repeated.
 */
export const outcomeItem = z.object({
  ...ofSlot,
  sk: z.string().startsWith(PREFIX.outcome),
  kind: z.enum(OUTCOMES),
  atMs: z.number(),
  by: z.string().optional(),
  attempts: z.number().optional(),
  code: z.enum(FAILURE_CODES).optional(),
  reason: z.string().optional(),
  publication: publicationSchema.optional(),
  asItWas: z.literal(true).optional(),
  arrived: z.literal(true).optional(),
  counted: z.literal(true).optional(),
  next: z.object({ slot: z.string(), key: z.string() }).optional(),
  untold: untoldSchema.optional(),
})

/** Keys or numbers as lines of one text: of a burst thousands are written a second, and each element of a list costs. */
export const asLines = (list: readonly (string | number)[]): string => list.join('\n')

export const linesOf = (text: string): string[] => (text === '' ? [] : text.split('\n'))

/** What one writer has published within about a second. Expires the retention after the slot's minute, or its writing. */
export const checkpointItem = z.object({
  ...ofSlot,
  sk: z.string().startsWith(PREFIX.checkpoint),
  /** Keys. */
  delivered: z.string().transform(linesOf),
  /** Of each, ms; below zero after a clock was set back. */
  lateMs: z
    .string()
    .transform((text) => linesOf(text).map(Number))
    .pipe(z.array(z.number())),
  upTo: z.string(),
  atMs: z.number(),
})

/** Keys of events that an emitter at work may have read past. Expires the retention after the instant in its key. */
export const announcementItem = z.object({
  ...ofSlot,
  sk: z.string().startsWith(PREFIX.announcement),
  keys: z.array(z.string()),
})

/**
 * Who owns a segment: the emitter, or settler, that has taken it last. One item, changed in place. Expires the retention
 * after its last change.
 */
export const ownerItem = z.object({
  ...ofSlot,
  sk: z.string().startsWith(PREFIX.owner),
  incarnation: z.number(),
})

/** How far the delivery of the slot has come: one item, changed in place. Expires the retention after its last change. */
export const runnerItem = z.object({
  ...ofSlot,
  sk: z.literal('runner'),
  segments: z.array(segmentSchema).optional(),
  runs: z.number().default(1),
  version: z.number().default(0),
  settling: settlingSchema.optional(),
  settledAtMs: z.number().optional(),
  settlement: settlementSchema.optional(),
})

/** How far the loader has come: one item for the stack. Never expires. */
export const watermarkItem = z.object({
  pk: z.literal('loader'),
  sk: z.literal('watermark'),
  sweptUntilMs: z.number(),
  auditedUntilMs: z.number(),
})

/** A slot that ended and is not settled. When it is, it expires: no function may delete anything. */
export const unsettledItem = z.object({
  pk: z.literal('loader'),
  sk: z.string().startsWith(PREFIX.unsettled),
  sinceMs: z.number(),
  tries: z.number(),
  againAtMs: z.number(),
  overAtMs: z.number().optional(),
  expiresAt: z.number().optional(),
})

/**
 * Into how many shards a minute is divided. Written once, and never expires: what stands in the slots of the minute is
 * found by it, whatever the stack's setting is by then. A year's minutes are some 40 MB.
 */
export const minuteItem = z.object({
  pk: z.string(),
  sk: z.string(),
  shards: z.number().int().min(1).max(MAX_SHARDS),
})

/** Where an event of an own id was placed first: once for each publish that asked for it, written before the event. Expires like it. */
export const placeItem = z.object({ ...ofSlot, sk: z.string().startsWith(PREFIX.place), slot: z.string() })

/** That all of an id was cancelled: one item, changed in place. Expires the retention after its last change. */
export const clearingItem = z.object({
  ...ofSlot,
  sk: z.literal('clearing'),
  order: z.string(),
  doneMs: z.number(),
  wentOutMs: z.number().default(0),
  left: z.object({ order: z.string(), dueAtMs: z.array(z.number()) }).optional(),
})

/** Who has an id for itself, and which requests about it were refused lately. Expires the retention after it was last taken. */
export const leaseItem = z.object({
  ...ofSlot,
  sk: z.literal('lease'),
  /** What cannot be read is a newer version's, and is left out. */
  refused: z.array(refusedSchema).catch([]),
})

/** Where the watermark stands. */
export const WATERMARK: Key = { pk: 'loader', sk: 'watermark' }

/** Where the runner record of a slot stands. */
export function runnerKey(slot: string): Key {
  return { pk: slot, sk: 'runner' }
}

/** Where it stands that a slot is unsettled. */
export function unsettledKey(slot: string): Key {
  return { pk: 'loader', sk: PREFIX.unsettled + slot }
}

/** Where the division of the minute that holds `atMs` stands. */
export function minuteKey(atMs: number): Key {
  const minute = minuteName(atMs)
  return { pk: `minutes#${minute.slice(0, 13)}`, sk: minute }
}

/** Where it stands who owns a segment of a slot. */
export function ownerKey(slot: string, segment: number): Key {
  return { pk: slot, sk: PREFIX.owner + String(segment).padStart(2, '0') }
}

/** Where the events, or their outcomes, stand. */
export function keysOf(kind: 'event' | 'outcome', refs: readonly EventRef[]): Key[] {
  return refs.map(({ slot, key }) => ({ pk: slot, sk: PREFIX[kind] + key }))
}
