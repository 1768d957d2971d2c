import type { Lease } from '../../aws/events-table/leases.ts'
import type { EventsTable } from '../../aws/events-table.ts'
import type { Clock, Random } from '../../core/clock.ts'
import { SchedulerError } from '../../core/errors.ts'
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
 * Does the work of a request that changes what is there while no other request has its id.
 * @param work is done again, once, where it meets what another request has begun and is about to go on with
 * @throws SchedulerError `ID_IN_USE` if another request holds on to the id: this one comes back
 */
export type WithLease = <Answer>(request: Asking, work: (aside: Aside) => Promise<Answer>) => Promise<Answer>

/** For the work of a request that has its id for itself already. */
export const HAS_LEASE: WithLease = (_, work) => work((wait) => wait())

/** How long a request waits for the lease of its id while another has it, mostly for some milliseconds; it comes back then. ms */
export const LEASE_WAIT_MS = 5_000

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

async function alone<Answer>(
  deps: LeasingDeps,
  { id, publication: { messageId: holder } }: Asking,
  work: (aside: Aside) => Promise<Answer>,
): Promise<Answer> {
  const lease = { id, holder, handling: String(deps.random()) }
  await take(deps, lease)
  try {
    return await work(async (wait) => {
      await giveBack(deps, lease)
      await wait()
      await take(deps, lease)
    })
  } finally {
    await giveBack(deps, lease)
  }
}

/** @throws SchedulerError `ID_IN_USE` if another request has it for too long */
async function take({ table, clock, random }: LeasingDeps, lease: Lease): Promise<void> {
  const untilMs = clock.now() + LEASE_WAIT_MS
  while (!(await table.takeLease(lease))) {
    if (clock.now() >= untilMs) throw inUse(lease)
    await clock.sleep(LOOK_AGAIN_MS.atLeast + random() * (LOOK_AGAIN_MS.atMost - LOOK_AGAIN_MS.atLeast))
  }
}

/** Tried once more, because the next one waits for it; where that fails, too, it lapses. */
async function giveBack({ table }: LeasingDeps, lease: Lease): Promise<void> {
  const attempt = () => table.giveLeaseBack(lease)
  await attempt()
    .catch(attempt)
    .catch(() => {})
}

function inUse({ id }: Lease): SchedulerError {
  return new SchedulerError('ID_IN_USE', `Another request about id ${id} is being carried out. This one comes back.`)
}
