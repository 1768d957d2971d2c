/** Every status, see `Status`. */
export const STATUSES = ['unknown', 'pending', 'retrying', 'delivered', 'failed', 'cancelled', 'expired'] as const

/**
 * What a client may want to know of its event.
 *
 * `unknown`: no such event was ever scheduled, or it ended so long ago that the retention is over, at least that of what
 * became of it. In a list also one that this version cannot read.
 *
 * `pending`: it is parked and has not ended. That includes one that is being delivered: up to about two seconds may lie between its publish and the checkpoint that names it.
 *
 * `retrying`: an attempt has failed, or there was no room for one, and the next is to come.
 *
 * `delivered`: its target's topic has taken it.
 *
 * `failed`: it was given up, and its failure topic was told. It can be published again.
 *
 * `cancelled`: its client cancelled it, or rescheduled it to another date, where it is another event.
 *
 * `expired`: its `latest` passed before it could be delivered, and its failure topic was told.
 */
export type Status = (typeof STATUSES)[number]

/** The statuses of an event that is still to go out: it can be cancelled and rescheduled. */
export const CHANGEABLE: readonly Status[] = ['pending', 'retrying']

/** The statuses of an event that its target did not get, of which its client was told: it can be redriven. */
export const REDRIVABLE: readonly Status[] = ['failed', 'expired']
