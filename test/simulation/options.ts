import { parseArgs } from 'node:util'
import { INDEXES, type IndexKind } from '../../core/index-kind.ts'
import { FICKLE } from './clients.ts'
import { type FaultName, parseFaults } from './faults.ts'

/** What the simulator is asked to do. */
export interface SimulationOptions {
  seed: number
  /** Runs, with one seed after the other. */
  seeds: number
  /** Simulated hours of clients publishing. */
  hours: number
  /** Events a second, on average. */
  rate: number
  faults: Set<FaultName>
  /** The share of clients who change their minds, from 0 to 1. */
  fickle: number
  /** Which ids the stack indexes. */
  index: IndexKind
  /** Random seeds for so many minutes, instead of `seeds`. */
  minutes?: number
  shrink: boolean
  /** Whether to stop at the first run that breaks a promise. */
  stop: boolean
}

/** Reads the command line. @throws with a sentence that says which option is wrong, and how */
export function readOptions(args: string[]): SimulationOptions {
  const { values } = parseArgs({
    args,
    options: {
      seed: { type: 'string', default: '1' },
      seeds: { type: 'string', default: '1' },
      hours: { type: 'string', default: '1' },
      rate: { type: 'string', default: '10' },
      faults: { type: 'string', default: 'all' },
      fickle: { type: 'string', default: String(FICKLE) },
      index: { type: 'string', default: 'own' },
      minutes: { type: 'string' },
      'no-shrink': { type: 'boolean', default: false },
      stop: { type: 'boolean', default: false },
    },
  })
  return {
    seed: whole('seed', values.seed, 0),
    seeds: whole('seeds', values.seeds, 1),
    hours: positive('hours', values.hours),
    rate: positive('rate', values.rate),
    faults: parseFaults(values.faults),
    fickle: share('fickle', values.fickle),
    index: oneOf('index', values.index, INDEXES),
    ...(values.minutes === undefined ? {} : { minutes: positive('minutes', values.minutes) }),
    shrink: !values['no-shrink'],
    stop: values.stop,
  }
}

function positive(name: string, text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (!(value > 0 && value < Number.POSITIVE_INFINITY)) throw new Error(`--${name} ${text} is not a number above 0.`)
  return value
}

function oneOf<T extends string>(name: string, text: string, all: readonly T[]): T {
  const found = all.find((one) => one === text)
  if (!found) throw new Error(`--${name} ${text} is not one of ${all.join(', ')}.`)
  return found
}

function share(name: string, text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (!(value >= 0 && value <= 1)) throw new Error(`--${name} ${text} is not a number from 0 to 1.`)
  return value
}

function whole(name: string, text: string, least: number): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (!(Number.isSafeInteger(value) && value >= least))
    throw new Error(`--${name} ${text} is not a whole number of at least ${least}.`)
  return value
}
