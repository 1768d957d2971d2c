import type { Lease } from '../../aws/events-table/leases.ts'
import type { EventsTable } from '../../aws/events-table.ts'
import type { Clock, Random } from '../../core/clock.ts'
import { SchedulerError } from '../../core/errors.ts'
import type { Refusal, Refused } from '../../core/refusal.ts'
import type { CancelRequest } from '../../core/request.ts'
import { type Aside, waitForOther } from './waiting.ts'

export interface LeasingDeps {
  table: Pick<EventsTable, 'takeLease' | 'giveLeaseBack'>
  clock: Clock
  random: Random
}

/** Who asks, and for which id. */
export type Asking = Pick<CancelRequest, 'id' | 'publication'>

/**
 * Does the work of a request that changes what is there while no other request has its id. What it is refused for is
 * written down before it is told: a message that is handled again is refused again, whatever has become of its event.
 * @param work is done again, once, where it meets what another request has begun and is about to go on with
 * @throws SchedulerError `ID_IN_USE` if another request holds on to the id: this one comes back
 */
export type WithLease = (request: Asking, work: Work) => Promise<readonly Refusal[]>

/** @returns what a request is refused for; nothing if it is carried out */
export type Work = (aside: Aside) => Promise<readonly Refusal[]>

/** For the work of a request that has its id for itself already. */
export const HAS_LEASE: WithLease = (_, work) => work((wait) => wait())

/** How long a request waits for the lease of its id while another has it, mostly for some milliseconds; it comes back then. ms */
export const LEASE_WAIT_MS = 5_000

/** Of how many requests about an id it is known that they were refused: the latest. */
export const REFUSED_KEPT = 10

/** Pauses between two looks whether a lease is free, ms: as long as a few requests to the table take. */
const LOOK_AGAIN_MS = { atLeast: 30, atMost: 90 }

/** One request about an id at a time, those that only add an event where nothing is known left out. */
export function leasingWith(deps: LeasingDeps): WithLease {
  return async (request, work) => {
    try {
      return await alone(deps, request, work)
    } catch (fault) {
      const isInDoubt = fault instanceof SchedulerError && fault.code === 'CANCEL_IN_DOUBT'
      if (isInDoubt && (await waitForOther(deps, request))) return alone(deps, request, work)
      throw fault
    }
  }
}

async function alone(
  deps: LeasingDeps,
  { id, publication: { messageId } }: Asking,
  work: Work,
): Promise<readonly Refusal[]> {
  const lease = { id, handling: String(deps.random()) }
  let held: readonly Refused[] | undefined
  /** @returns what the request was refused for when its message was handled before */
  const begin = async () => {
    held = await take(deps, lease)
    return held.find((one) => one.messageId === messageId)?.refusals
  }
  const end = async () => {
    if (held) await giveBack(deps, lease).catch(() => {})
    held = undefined
  }
  try {
    const before = await begin()
    if (before) return before
    const refusals = await work(async (wait) => {
      await end()
      await wait()
      if (await begin()) throw inUse(lease)
    })
    if (refusals.length > 0) {
      const refused = [{ messageId, refusals: [...refusals] }, ...(held ?? [])].slice(0, REFUSED_KEPT)
      held = undefined
      if (!(await giveBack(deps, lease, refused))) throw inUse(lease)
    }
    return refusals
  } finally {
    await end()
  }
}

/** @throws SchedulerError `ID_IN_USE` if another request has it for too long */
async function take({ table, clock, random }: LeasingDeps, lease: Lease): Promise<readonly Refused[]> {
  const untilMs = clock.now() + LEASE_WAIT_MS
  for (;;) {
    const refused = await table.takeLease(lease)
    if (refused) return refused
    if (clock.now() >= untilMs) throw inUse(lease)
    await clock.sleep(LOOK_AGAIN_MS.atLeast + random() * (LOOK_AGAIN_MS.atMost - LOOK_AGAIN_MS.atLeast))
  }
}

/** Tried once more, because the next one waits for it; where that fails, too, it lapses. */
function giveBack({ table }: LeasingDeps, lease: Lease, refused?: readonly Refused[]): Promise<boolean> {
  const attempt = () => table.giveLeaseBack(lease, refused)
  return attempt().catch(attempt)
}

function inUse({ id }: Lease): SchedulerError {
  return new SchedulerError('ID_IN_USE', `Another request about id ${id} is being carried out. This one comes back.`)
}
