import { seededRandom } from '../test/support/random.ts'

/** What is asked of every system alike. A function of these fields alone, so that each process can work it out itself. */
export interface Workload {
  seed: number
  /** The first event is handed in from here on, epoch ms. */
  startAtMs: number
  /** Events that begin a run and are not counted. */
  warmUpEvents: number
  events: number
  /** Events due before, epoch ms (inclusive): the first counted one is due `warmUpMs` later. */
  dueFromMs: number
  warmUpMs: number
  /** Over how long the counted events fall due, ms. */
  spreadMs: number
  /** How long before due an event is handed in, ms. */
  leadMs: [from: number, to: number]
  /** Names of the topics that events go to, drawn evenly. */
  targets: string[]
  /** Whether events come to our scheduler with an id of the client's: they cost it more. Of the peers BullMQ alone has the like. */
  ownIds?: boolean
}

export interface PlannedEvent {
  index: number
  id: string
  sendAtMs: number
  dueAtMs: number
  target: string
  /** Whether it is part of the measurement. */
  counted: boolean
}

/** Name of the topic that most workloads use. */
export const TARGET = 'bench-target'

const PAYLOAD_CHARACTERS = 200

/** How long before due the events of a near mix are handed in, ms. */
export const NEAR_MIX: [from: number, to: number] = [1_000, 10_000]

/** How fast a burst is handed in, events a second. */
export const BURST_INTAKE = 1_500

/** Seconds between the last event of a burst handed in and the first one due, at least: planned 20 s before its minute. */
export const BURST_AHEAD = 25

const PAYLOAD_START = 'payload of '

/** Every event gets a payload of its own, as long as a short JSON object, by which it is known where it arrives. */
export const payloadOf = ({ id }: Pick<PlannedEvent, 'id'>) => `${PAYLOAD_START}${id} `.padEnd(PAYLOAD_CHARACTERS, '.')

/** The id that a payload names; empty if there is none. */
export const idIn = (payload: string) =>
  payload.startsWith(PAYLOAD_START) ? (payload.slice(PAYLOAD_START.length).split(' ', 1)[0] ?? '') : ''

/** The events of a workload in the order in which they are handed in. Due times are uniform and random in the ms. */
export function planOf(workload: Workload): PlannedEvent[] {
  const { seed, warmUpEvents, events, dueFromMs, warmUpMs, spreadMs, leadMs, targets } = workload
  const random = seededRandom(seed)
  const within = (from: number, length: number) => from + Math.floor(random() * length)
  const planned = Array.from({ length: warmUpEvents + events }, (_, index) => {
    const counted = index >= warmUpEvents
    const dueAtMs = counted ? within(dueFromMs + warmUpMs, spreadMs) : within(dueFromMs, warmUpMs)
    const sendAtMs = dueAtMs - within(leadMs[0], leadMs[1] - leadMs[0] + 1)
    const target = targets[Math.floor(random() * targets.length)] ?? TARGET
    return { index, id: idOf(seed, index), sendAtMs, dueAtMs, target, counted }
  })
  return planned.sort((a, b) => a.sendAtMs - b.sendAtMs)
}

export const idOf = (seed: number, index: number) => `${seed.toString(36)}-${index}`

/** The event that an id names; undefined if it is of another run. */
export function indexOf(seed: number, id: string): number | undefined {
  const [run, index] = id.split('-')
  return run === seed.toString(36) ? Number(index) : undefined
}

let runs = 0
const newSeed = () => Math.floor(Date.now() / 1_000) * 100 + (++runs % 100)

/** Processes start and connect in the meantime, ms. */
const START_IN_MS = 1_500

export interface SteadyOptions {
  /** Events a second. */
  rate: number
  seconds: number
  warmUpSeconds: number
  leadMs: [from: number, to: number]
  targets?: string[]
  ownIds?: boolean
}

/** As many events each second, for as long as is wanted. */
export function steady(options: SteadyOptions): Workload {
  const { rate, seconds, warmUpSeconds, leadMs, targets = [TARGET], ownIds = false } = options
  const startAtMs = Date.now() + START_IN_MS
  const sizes = { warmUpEvents: Math.round(rate * warmUpSeconds), events: Math.round(rate * seconds) }
  const when = { dueFromMs: startAtMs + leadMs[1], warmUpMs: warmUpSeconds * 1_000, spreadMs: seconds * 1_000 }
  return { seed: newSeed(), startAtMs, ...sizes, ...when, leadMs, targets, ownIds }
}

export interface BurstOptions {
  events: number
  /** All fall due within this time, ms. */
  withinMs: number
  /** How fast they are handed in, events a second. */
  intakeRate: number
  /** The last one is handed in this long before the first is due, ms; more, so that it is the start of a minute. */
  aheadMs: number
  targets?: string[]
}

/** Many events at the start of a minute, handed in before. */
export function burst({ events, withinMs, intakeRate, aheadMs, targets = [TARGET] }: BurstOptions): Workload {
  const startAtMs = Date.now() + START_IN_MS
  const intakeMs = Math.ceil((events / intakeRate) * 1_000)
  const dueFromMs = Math.ceil((startAtMs + intakeMs + aheadMs) / 60_000) * 60_000
  const last = dueFromMs - startAtMs - intakeMs
  const sizes = { warmUpEvents: 0, events, warmUpMs: 0, spreadMs: withinMs }
  return { seed: newSeed(), startAtMs, ...sizes, dueFromMs, leadMs: [last, last + intakeMs], targets }
}

/** When the last event is due at the latest, epoch ms. */
export const endOf = ({ dueFromMs, warmUpMs, spreadMs }: Workload) => dueFromMs + warmUpMs + spreadMs
/** From when on events are counted, epoch ms. */
export const countedFrom = ({ dueFromMs, warmUpMs }: Workload) => dueFromMs + warmUpMs
