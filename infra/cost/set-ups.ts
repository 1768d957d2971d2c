import { parseSettings, type Settings } from '../settings.ts'
import { gatheredBatch, MONTH_SECONDS, type Workload } from './workload.ts'

/** A way to run a stack, by which its bill is shown. */
export interface SetUp {
  name: string
  /** What it is, in a sentence that goes on after the name. */
  meaning: string
  workload(volume: Pick<Workload, 'eventsPerMonth' | 'payloadBytes'>): Workload
}

/** Messages of a batch that nobody gathers, where some come in each second: as a local stack was seen to fill them. */
const UNGATHERED = 2
/** Events of a publish where most are due at milliseconds of their own. */
const APART = 1.5
/** The same where all are due at whole seconds and to one target: ten, but for the first ones of each second. */
const TOGETHER = 9

const AS_DEPLOYED = parseSettings({})
const GATHERING = { inputBatchSize: 100, inputWindowSeconds: 5 }
const LEAN = { ...GATHERING, retentionDays: 2, emitterMemoryMb: 256, pointInTimeRecovery: false }

const perSecond = (eventsPerMonth: number) => eventsPerMonth / MONTH_SECONDS
/** A batch cannot be fuller than a second, at least where there is little traffic. */
const filled = (most: number, eventsPerMonth: number) => Math.min(most, Math.max(1, perSecond(eventsPerMonth)))

export const SET_UPS: SetUp[] = [
  {
    name: 'as deployed',
    meaning: `all settings by default, batches of ${UNGATHERED} events in and ${APART} out, and of one where there is less than an event a second`,
    workload: (volume) => ({
      ...volume,
      settings: AS_DEPLOYED,
      inputBatch: filled(UNGATHERED, volume.eventsPerMonth),
      outputBatch: filled(APART, volume.eventsPerMonth),
    }),
  },
  {
    name: 'gathered',
    meaning: `the same with ${said(GATHERING)}`,
    workload: (volume) => ({
      ...volume,
      settings: parseSettings(GATHERING),
      inputBatch: gatheredBatch(volume.eventsPerMonth, GATHERING),
      outputBatch: filled(APART, volume.eventsPerMonth),
    }),
  },
  {
    name: 'lean',
    meaning: `${said(LEAN)}, and events due at whole seconds to one target, ${TOGETHER} in a publish`,
    workload: lean,
  },
  {
    name: 'lean, published together',
    meaning: 'the same, and clients publish ten events at once (`PublishBatch`)',
    workload: (volume) => ({ ...lean(volume), publishedTogether: 10 }),
  },
]

function lean(volume: Pick<Workload, 'eventsPerMonth' | 'payloadBytes'>): Workload {
  return {
    ...volume,
    settings: parseSettings(LEAN),
    inputBatch: gatheredBatch(volume.eventsPerMonth, GATHERING),
    outputBatch: filled(TOGETHER, volume.eventsPerMonth),
  }
}

function said(settings: Partial<Settings>): string {
  return Object.entries(settings)
    .map(([key, value]) => `\`${key}\` ${value}`)
    .join(', ')
}
