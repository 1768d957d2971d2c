import type { EventsReader } from '../aws/events-table.ts'
import type { EventHead, EventRef } from '../core/event.ts'
import type { Outcome } from '../core/outcome.ts'

/** One place in which an event stands, or has stood, and what is known of it there. */
export interface Place {
  ref: EventRef
  event?: EventHead | undefined
  outcome?: Outcome | undefined
}

/** The places of an event, in order: that of its date first, where it stands now last. */
export type Chain = readonly [Place, ...Place[]]

export type ChainsTable = Pick<EventsReader, 'lookUpHeads'>

/** What is known of some places: in one request for each hundred keys, payloads not read. */
export async function placesOf(table: ChainsTable, refs: readonly EventRef[]): Promise<Place[]> {
  const { events, outcomes } = await table.lookUpHeads(refs)
  const nameOf = ({ slot, key }: EventRef) => slot + key
  const eventAt = new Map(events.map((event) => [nameOf(event), event]))
  const outcomeAt = new Map(outcomes.map((outcome) => [nameOf(outcome), outcome]))
  return refs.map((ref) => ({ ref, event: eventAt.get(nameOf(ref)), outcome: outcomeAt.get(nameOf(ref)) }))
}

/** Follows events, side by side, from their first places to where they stand now. */
export async function chainsFrom(table: ChainsTable, first: readonly Place[]): Promise<Chain[]> {
  const chains = first.map((place): [Place, ...Place[]] => [place])
  let open = chains.filter(goesOn)
  while (open.length > 0) {
    const places = await placesOf(table, open.map(nextOf))
    open.forEach((chain, i) => {
      chain.push(places[i] as Place)
    })
    open = open.filter(goesOn)
  }
  return chains
}

/** Where an event stands now. */
export function standingOf(chain: Chain): Place {
  return chain.at(-1) as Place
}

/** What is known of the event itself, wherever it was parked last. */
export function headOf(chain: Chain): EventHead | undefined {
  return chain.findLast(({ event }) => event !== undefined)?.event
}

function goesOn(chain: Chain): boolean {
  const { outcome } = standingOf(chain)
  return (outcome?.kind === 'retrying' || outcome?.kind === 'moved') && outcome.next !== undefined
}

function nextOf(chain: Chain): EventRef {
  return standingOf(chain).outcome?.next as EventRef
}
