import { slotAt } from '../../core/slot.ts'
import { SLOT_MS } from '../../core/timetable.ts'
import { validatorWith } from '../../functions/validator/handler.ts'
import { aBatch, aMessage, aRecord, MINUTE_MS } from '../../test/support/builders.ts'
import { SILENT_LOG } from '../../test/support/recorders.ts'
import { aWorld, functionsOf, type World } from '../../test/support/world.ts'
import { PAYLOAD } from './feed.ts'

export interface IntakeFeed {
  events: number
  /** Whether events come with ids of the client's own. */
  ownIds: boolean
  /** Whether they are taken in when their minute is over, behind a long queue; else ten minutes ahead. */
  late: boolean
}

export interface IntakeResult {
  stored: number
  perSecond: number
  cpuSeconds: number
}

/** Messages that Lambda hands a validator at once: the default of the setting `inputBatchSize`. */
const BATCH = 10

/** So long ago late ones were due, and were published a little before. */
const AGO_MS = 3 * SLOT_MS

/**
 * The validator's whole work on messages: reading, checking, indexing, writing. The table answers from memory, and none of
 * the SDK's work on a request is done.
 */
export async function wholeIntake({ events, ownIds, late }: IntakeFeed): Promise<IntakeResult> {
  const world = aWorld()
  const nowMs = world.clock.now()
  if (late) await planSlotOf(world, nowMs)
  const firstDueMs = late ? nowMs - AGO_MS : MINUTE_MS
  const publishedAtMs = late ? firstDueMs : nowMs
  const validate = validatorWith({ ...world, log: SILENT_LOG })
  let cpuMicroseconds = 0
  let tookMs = 0
  for (let next = 0; next < events; next += BATCH) {
    const indices = Array.from({ length: Math.min(BATCH, events - next) }, (_, i) => next + i)
    const messages = indices.map((index) => messageOf(index, firstDueMs, ownIds))
    const batch = aBatch(...messages.map((message) => aRecord(message, { publishedAtMs })))
    const cpu = process.cpuUsage()
    const startedMs = performance.now()
    const { batchItemFailures } = await validate(batch)
    tookMs += performance.now() - startedMs
    const { user, system } = process.cpuUsage(cpu)
    cpuMicroseconds += user + system
    if (batchItemFailures.length > 0) throw new Error(`${batchItemFailures.length} messages came back`)
  }
  const stored = world.table.slots().reduce((sum, slot) => sum + world.table.countEventsIn(slot), 0)
  return { stored, perSecond: (stored / tookMs) * 1_000, cpuSeconds: cpuMicroseconds / 1_000_000 }
}

/** As when an emitter is at work in this minute, which late events join. */
async function planSlotOf(world: World, nowMs: number): Promise<void> {
  const slot = slotAt(nowMs, 0)
  await functionsOf(world).planner({ slot })
}

const messageOf = (index: number, firstDueMs: number, ownIds: boolean) =>
  aMessage({
    date: new Date(firstDueMs + (index % SLOT_MS)).toISOString(),
    payload: `${PAYLOAD}${index}`,
    ...(ownIds ? { id: `core-${index}` } : {}),
  })
