import { setTimeout as sleep } from 'node:timers/promises'
import { intakeFor } from '../systems/open-intake.ts'
import { type PlannedEvent, planOf, type Workload } from '../workload.ts'
import { answerParent, argumentOf } from './child.ts'

export interface PublisherArgument {
  workload: Workload
  /** Which system takes the events, and where. */
  system: string
  endpoint: string
  url: string
}

export interface Published {
  accepted: number
  /** From the first event handed in to the last one acknowledged, ms. */
  tookMs: number
  /** How much later than planned an event was acknowledged, at most, ms. */
  behindMs: number
  errors: string[]
}

// A process that hands events to a system, each at its time: what falls together is handed in together.

const TICK_MS = 10
const MAX_BATCH = 10
const MAX_IN_FLIGHT = 32

const { workload, system, endpoint, url } = argumentOf<PublisherArgument>()
const intake = await intakeFor(system, { endpoint, url, ownIds: workload.ownIds ?? false })
const plan = planOf(workload)
const errors: string[] = []
let accepted = 0
let behindMs = 0

async function handIn(events: readonly PlannedEvent[]): Promise<void> {
  try {
    await intake.schedule(events)
    accepted += events.length
    behindMs = Math.max(behindMs, Date.now() - (events[0]?.sendAtMs ?? 0))
  } catch (error) {
    errors.push(String(error))
  }
}

async function run(): Promise<Published> {
  const inFlight = new Set<Promise<void>>()
  const startedAtMs = Math.max(Date.now(), plan[0]?.sendAtMs ?? 0)
  for (let next = 0; next < plan.length; ) {
    const now = Date.now()
    let end = next
    while (end < plan.length && end - next < MAX_BATCH && (plan[end] as PlannedEvent).sendAtMs <= now) end++
    if (end === next) {
      await sleep(TICK_MS)
      continue
    }
    const batch = handIn(plan.slice(next, end)).finally(() => inFlight.delete(batch))
    inFlight.add(batch)
    next = end
    if (inFlight.size >= MAX_IN_FLIGHT) await Promise.race(inFlight)
  }
  await Promise.all(inFlight)
  return { accepted, tookMs: Date.now() - startedAtMs, behindMs, errors }
}

answerParent({ run, emissions: () => intake.emissions?.() ?? [], stop: () => intake.close() })
