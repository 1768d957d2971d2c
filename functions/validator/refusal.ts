import type { ScheduledEvent } from '../../core/event.ts'
import type { Refusal } from '../../core/refusal.ts'
import { CANCEL_MARGIN_MS } from '../../core/timetable.ts'

/** What the event is called. */
type Named = Pick<ScheduledEvent, 'id' | 'date'>

/** The event is there, and would deliver something else. */
export function whyTaken({ id, date }: Named): Refusal {
  return {
    code: 'EVENT_EXISTS',
    error: `Another event ${id} is scheduled for ${date}, with other fields. Reschedule or cancel that one, or use another id.`,
  }
}

/** The event went to another date. */
export function whyMoved({ id, date }: Named): Refusal {
  return {
    code: 'EVENT_ENDED',
    error: `Event ${id} for ${date} was rescheduled, with other fields, after this was published and before it arrived. Publish it again.`,
  }
}

/** The event went out, and delivered something else. */
export function whyDelivered({ id, date }: Named): Refusal {
  return {
    code: 'EVENT_ENDED',
    error: `Event ${id} for ${date} has been delivered, with other fields. Use another id or date.`,
  }
}

/** It is not delivered again: with it its slot would be opened, in which more may be forgotten. */
export function whyForgotten({ id, date }: Named): Refusal {
  return {
    code: 'EVENT_ENDED',
    error: `Event ${id} for ${date} ended so long ago that what became of it is kept no more. Use another id or date.`,
  }
}

/** Something about the event that was due at an instant, epoch ms. */
export interface Dated<How> {
  dueAtMs: number
  how: How
}

/** Some events of an id go out though all of it was to be cancelled. @returns undefined if there are none */
export function whyNotAll(id: string, late: readonly Dated<unknown>[]): Refusal | undefined {
  if (late.length === 0) return undefined
  const dates = datesOf(late.map(({ dueAtMs }) => dueAtMs))
  return {
    code: 'TOO_LATE',
    error: `Event ${id} for ${dates} is emitted all the same. Changes are taken until ${CANCEL_MARGIN_MS} ms before.`,
  }
}

/** Nothing is pending under an id. */
export function whyNonePending(id: string, ended: readonly Dated<string>[], andThen = ''): Refusal {
  const known = ended.filter(({ how }) => how !== 'unknown')
  if (known.length > 0) {
    const what = known.slice(0, MOST_NAMED).map(({ dueAtMs, how }) => `that for ${iso(dueAtMs)} is ${how}`)
    return { code: 'EVENT_ENDED', error: `No event ${id} is pending: ${what.join(', ')}.` }
  }
  return {
    code: 'EVENT_NOT_FOUND',
    error: `No event ${id} is scheduled. Check the id, and give the date too if the id came from SNS: only ids of your own are found without it${andThen}.`,
  }
}

/** Several events are pending under an id, and one was to be meant. */
export function whyAmbiguous(id: string, dueAtMs: readonly number[]): Refusal {
  const error = `${dueAtMs.length} events ${id} are pending, for ${datesOf(dueAtMs)}. Give the date of the one that is meant.`
  return { code: 'EVENT_AMBIGUOUS', error }
}

/** The stack does not know where the events of an id are. */
export function notIndexed(instead: string): Refusal {
  return { code: 'NOT_INDEXED', error: `This stack does not index ids (its setting index is none): ${instead}.` }
}

/** Most dates that a sentence names. */
const MOST_NAMED = 20

function datesOf(dueAtMs: readonly number[]): string {
  const named = dueAtMs
    .toSorted((one, other) => one - other)
    .slice(0, MOST_NAMED)
    .map(iso)
  return [...named, ...(dueAtMs.length > MOST_NAMED ? [`${dueAtMs.length - MOST_NAMED} more`] : [])].join(', ')
}

const iso = (atMs: number) => new Date(atMs).toISOString()
