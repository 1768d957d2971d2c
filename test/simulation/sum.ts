import { addAllLateness, type Lateness } from '../../core/lateness.ts'
import type { Excused } from './excuses.ts'
import type { FaultName } from './faults.ts'
import type { Account } from './judge.ts'
import type { Result } from './simulate.ts'

/** Two runs as if they were one. */
export function addResults(one: Result, other: Result): Result {
  return {
    account: addAccounts(one.account, other.account),
    violation: one.violation ?? other.violation,
    deadLetters: one.deadLetters + other.deadLetters,
    settledSlots: one.settledSlots + other.settledSlots,
    cutSlots: one.cutSlots + other.cutSlots,
    queued: { messages: one.queued.messages + other.queued.messages, ms: one.queued.ms + other.queued.ms },
    expressStarts: one.expressStarts + other.expressStarts,
  }
}

const COUNTS = [
  'accepted',
  'delivered',
  'cancelled',
  'expired',
  'failed',
  'refused',
  'pending',
  'doubled',
  'changed',
  'ahead',
] as const satisfies (keyof Account)[]

function addAccounts(one: Account, other: Account): Account {
  const sum = { ...one }
  for (const count of COUNTS) sum[count] += other[count]
  const lateness: Lateness = { ...one.lateness }
  addAllLateness(lateness, other.lateness)
  return { ...sum, lateness, excused: addExcused(one.excused, other.excused), hash: '' }
}

function addExcused(one: ReadonlyMap<FaultName, Excused>, other: ReadonlyMap<FaultName, Excused>) {
  const sum = new Map(one)
  for (const [fault, { strikes, doubled, late, worstMs }] of other) {
    const known = sum.get(fault) ?? { strikes: 0, doubled: 0, late: 0, worstMs: 0 }
    sum.set(fault, {
      strikes: known.strikes + strikes,
      doubled: known.doubled + doubled,
      late: known.late + late,
      worstMs: Math.max(known.worstMs, worstMs),
    })
  }
  return sum
}
