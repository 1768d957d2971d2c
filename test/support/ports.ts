import { eventsTable } from '../../aws/events-table.ts'
import { expressLane } from '../../aws/express-lane.ts'
import { runners } from '../../aws/runners.ts'
import { topics } from '../../aws/topics.ts'

type Table = ReturnType<typeof eventsTable>
type Paged = {
  [Name in keyof Table]: Table[Name] extends (...args: never[]) => AsyncGenerator ? Name : never
}[keyof Table]

/** The calls that answer with pages, each of which is a request of its own. The type has all of them named here. */
const PAGED: Record<Paged, true> = {
  eventsBetween: true,
  keysBetween: true,
  plannedEvents: true,
  outcomesBetween: true,
  checkpoints: true,
  announced: true,
}

/** Of each adapter as it is deployed; making it calls nothing. */
const nothing = {} as never
const CALLS = new Set(
  [eventsTable(nothing), runners(nothing, ''), expressLane(nothing, ''), topics(nothing)].flatMap(Object.keys),
)

/** Whether a port has this call: a fake has other methods besides, for the test alone. */
export function isCall(name: string): boolean {
  return CALLS.has(name)
}

/** Whether the call answers with pages. */
export function isPaged(name: string): boolean {
  return name in PAGED
}
