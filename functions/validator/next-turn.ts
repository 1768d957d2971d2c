import type { Clock } from '../../core/clock.ts'
import { type EventRef, eventKey, type ScheduledEvent, turnOf } from '../../core/event.ts'
import { endOf } from '../../core/outcome.ts'
import { isEarlier, isLater } from '../../core/publication.ts'
import { isRepetition, type Standing } from '../../status/event-status.ts'
import type { SlotAt } from '../slot-at.ts'
import { isReplacing } from './doubt.ts'

/**
 * Whether an event was published after what has ended where it is to stand. Of what has failed or expired it must be after
 * the last publish that asked for that, too: a cancel between the two has left no trace there.
 */
export function comesAfter({ publication }: ScheduledEvent, standing: Standing): boolean {
  const { outcome, asked } = standing
  // What a cancel that was published before it has met, was not meant by it: such an event goes on though it is the same.
  const isCancelled = outcome?.kind === 'cancelled'
  const wasMet = isRepetition(standing, publication) || isEarlier(publication, { publication: asked })
  return (isCancelled || !wasMet) && (isLater(publication, endOf(outcome)) || isReplacing(publication, outcome))
}

/** The place of the next turn of an event that has ended where it stands: in the slot of when it is emitted, or of now if that is past. */
export async function nextTurn(
  { slotAt, clock }: { slotAt: SlotAt; clock: Clock },
  { id, emitAtMs }: Pick<ScheduledEvent, 'id' | 'emitAtMs'>,
  { ref }: Pick<Standing, 'ref'>,
): Promise<EventRef> {
  return { slot: await slotAt(Math.max(emitAtMs, clock.now()), id), key: eventKey(emitAtMs, id, turnOf(ref.key) + 1) }
}
