import type { EventRef } from '../../core/event.ts'
import type { Slot } from '../../core/slot.ts'
import { FAULTS, type FaultName } from './faults.ts'

/** A place that events pass on their way. */
export type Place =
  /** The messages about an id: those of one id wait for one another. */
  | { id: string }
  /** Those events of a slot whose keys lie from `from`, inclusive, to `to`, exclusive: of a segment, or all. */
  | { slot: Slot; from?: string; to?: string }
  /** One attempt of an event. */
  | EventRef
  | { target: string }
  /** The settler of a slot: what something else keeps from going out is left to it. */
  | { settlerOf: Slot }
  /** What opens slots minute by minute. */
  | { loader: true }
  /** The Region. */
  | { everywhere: true }

/** The places that a fault strikes at once: what an invocation, an execution or a call works on. */
export type Way = readonly Place[]

export const EVERYWHERE: Way = [{ everywhere: true }]
export const LOADER: Way = [{ loader: true }]

/** A fault that struck, and when. */
export interface Strike {
  fault: FaultName
  fromMs: number
  /** The last instant at which it had hold of what it struck; infinite where it lasts for the run. */
  untilMs: number
  /** Events delivered a second time because of it. */
  doubled: number
}

interface Placed {
  strike: Strike
  place: Place
}

/** An event as the judge knows it, and where it has been so far. */
export interface Passed {
  id: string
  /** Its attempts. */
  refs: readonly EventRef[]
  target: string
}

/** What struck where, for as long as it may matter. */
export function openStrikes(now: () => number) {
  const byPlace = new Map<string, Placed[]>()
  const counts = new Map<FaultName, number>()

  const at = (name: string) => byPlace.get(name) ?? []
  return {
    /** A fault strikes here and now, for `lengthMs`. */
    add(fault: FaultName, way: Way, lengthMs = 0): void {
      counts.set(fault, (counts.get(fault) ?? 0) + 1)
      const strike: Strike = { fault, fromMs: now(), untilMs: now() + lengthMs, doubled: 0 }
      for (const place of way) {
        const name = placeName(place)
        const placed = byPlace.get(name) ?? []
        byPlace.set(name, placed)
        const last = placed.at(-1)
        if (last && goesOn(last, { strike, place })) last.strike = longer(last.strike, strike.untilMs)
        else placed.push({ strike, place })
      }
    },
    /** Keeps its hold of what it struck on a way since `sinceMs` for `lengthMs` from now on: what has failed is tried again then. */
    prolong(way: Way, sinceMs: number, lengthMs: number): void {
      for (const name of way.map(placeName))
        byPlace.set(
          name,
          at(name).map(({ strike, place }) => {
            if (strike.untilMs < sinceMs) return { strike, place }
            return { strike: longer(strike, now() + lengthMs), place }
          }),
        )
    },
    /** What struck the messages about an id, or all. In the order of time. */
    onTheWayIn: (id: string): Strike[] => inOrder([...at(id), ...at(ALL)]),
    /** What struck the delivery of an event: its slots, attempts and target, or all. In the order of time. */
    onTheWayOut({ refs, target }: Passed): Strike[] {
      const inSlots = refs.flatMap(({ slot, key }) => [
        ...at(slot).filter(({ place }) => holds(place, key)),
        ...at(slot + key),
      ])
      return inOrder([...inSlots, ...at(target), ...at(ALL)])
    },
    /** What struck the settlers of the slots in which an event stood. In the order of time. */
    onItsSettlers: ({ refs }: Passed): Strike[] => inOrder(refs.flatMap(({ slot }) => at(settlerOf(slot)))),
    /** What struck the loader. In the order of time. */
    onTheLoader: (): Strike[] => inOrder(at(OPENING)),
    /** What struck a slot, the loader, or all. In the order of time. */
    onSlot: (slot: Slot): Strike[] => inOrder([...at(slot), ...at(OPENING), ...at(ALL)]),
    /** How often each fault has struck. */
    counts: (): ReadonlyMap<FaultName, number> => counts,
    /** Forgets what was over before an instant at which everything that it may have struck has ended. */
    forget(beforeMs: number): void {
      for (const [name, placed] of byPlace) {
        const kept = placed.filter(({ strike }) => strike.untilMs >= beforeMs)
        if (kept.length === 0) byPlace.delete(name)
        else if (kept.length < placed.length) byPlace.set(name, kept)
      }
    },
  }
}

export type Strikes = ReturnType<typeof openStrikes>

const ALL = '*'
const OPENING = 'loader'

const settlerOf = (slot: Slot) => `settler of ${slot}`

function placeName(place: Place): string {
  if ('id' in place) return place.id
  if ('target' in place) return place.target
  if ('everywhere' in place) return ALL
  if ('loader' in place) return OPENING
  if ('settlerOf' in place) return settlerOf(place.settlerOf)
  return 'key' in place ? place.slot + place.key : place.slot
}

function holds(place: Place, key: string): boolean {
  const { from = '', to = '~' } = place as { from?: string; to?: string }
  return key >= from && key < to
}

/**
 * Whether a strike is the one before it, which goes on: a partition refuses a thousand requests in a second. Those that
 * double are counted one by one.
 */
function goesOn(before: Placed, { strike, place }: Placed): boolean {
  const { fault, untilMs } = before.strike
  return (
    fault === strike.fault && FAULTS[fault].doubles === 0 && untilMs >= strike.fromMs && isSame(before.place, place)
  )
}

/** Whether two places of one name are the same part of it. */
function isSame(one: Place, other: Place): boolean {
  const span = ({ from, to }: { from?: string; to?: string }) => `${from} ${to}`
  return span(one as { from?: string }) === span(other as { from?: string })
}

function longer(strike: Strike, untilMs: number): Strike {
  return { ...strike, untilMs: Math.max(strike.untilMs, untilMs) }
}

/** Each strike once, even where it struck several places of the way. */
function inOrder(placed: readonly Placed[]): Strike[] {
  return [...new Set(placed.map(({ strike }) => strike))].sort((a, b) => a.fromMs - b.fromMs)
}
