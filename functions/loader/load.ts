import * as z from 'zod'
import type { EventsTable } from '../../aws/events-table.ts'
import type { Log } from '../../aws/log.ts'
import type { MetricsPort } from '../../aws/metrics.ts'
import { parseJson } from '../../core/json.ts'
import { minuteOf, type Slot } from '../../core/slot.ts'
import { CLOCK_SKEW_MS, LOADER_WORK_MS } from '../../core/timetable.ts'
import type { Watermark } from '../../core/watermark.ts'
import { type AuditDeps, audit, auditEndMs } from './audit.ts'
import { reopenFound, reopenKnown } from './reopen.ts'
import { type SweepDeps, sweep, sweepEndMs } from './sweep.ts'

export type LoadDeps = Omit<SweepDeps, 'table'> &
  Omit<AuditDeps, 'table'> & {
    table: SweepDeps['table'] & AuditDeps['table'] & Pick<EventsTable, 'watermark' | 'saveWatermark'>
    metrics: MetricsPort
    log: Log
  }

/** EventBridge's word that an execution of `deliver-slot` ended badly; `input` is the runner's. Anything else is the minute. */
const stateChange = z.object({
  detail: z.object({
    input: z
      .string()
      .transform(parseJson)
      .pipe(z.object({ slot: z.string() })),
  }),
})

/** The minute's work: sweep, unsettled slots, audit. Of a runner that ended badly only its slot is opened again, at once. */
export function loadWith(deps: LoadDeps) {
  return async (input: unknown): Promise<void> => {
    const ended = stateChange.safeParse(input)
    if (!ended.success) return loadMinute(deps)
    const { slot } = ended.data.detail.input
    const reopened = await reopenFound(deps, slot)
    deps.log.warn('runner ended badly', { slot, reopened })
  }
}

/** What comes up goes first. Progress is saved as it is made, and a fault of one part keeps no other from its work. */
async function loadMinute(deps: LoadDeps): Promise<void> {
  const startMs = deps.clock.now()
  const deadlineMs = startMs + LOADER_WORK_MS
  const watermark = believable(deps, await deps.table.watermark(), startMs)
  const reaching = (name: keyof Watermark) => async (untilMs: number) => {
    watermark[name] = untilMs
    await deps.table.saveWatermark(watermark)
  }
  const faults: unknown[] = []
  const keep = (fault: unknown) => void faults.push(fault)
  const { sweptUntilMs, auditedUntilMs } = watermark
  const swept = await sweep(deps, { fromMs: sweptUntilMs, deadlineMs, reached: reaching('sweptUntilMs') }).catch(keep)
  const known = await reopenKnown(deps, deadlineMs).catch((fault) => ({ unsettled: new Set<Slot>(), fault }))
  if (known.fault) keep(known.fault)
  const auditing = { fromMs: auditedUntilMs, deadlineMs, reached: reaching('auditedUntilMs') }
  await audit(deps, auditing, known.unsettled).catch(keep)
  const lagMs = Math.max(0, deps.clock.now() - watermark.sweptUntilMs)
  deps.metrics.publish({
    OpenedSlots: swept ?? 0,
    UnsettledSlots: known.unsettled.size,
    SweepLag: Math.round(lagMs / 1_000),
  })
  if (known.unsettled.size > 0)
    deps.log.warn('slots not settled', { slots: [...known.unsettled].sort().slice(0, 20), all: known.unsettled.size })
  if (faults.length > 0) throw faults[0]
}

/**
 * A watermark that is further on than this clock can have brought it was moved by one that was ahead. It is set back to
 * now: what was written meanwhile is looked at then, and what was looked at before costs reads alone.
 */
function believable({ log }: Pick<LoadDeps, 'log'>, found: Watermark | undefined, nowMs: number): Watermark {
  const start = { sweptUntilMs: minuteOf(nowMs), auditedUntilMs: minuteOf(auditEndMs(nowMs)) }
  if (!found) return start
  const ahead =
    found.sweptUntilMs > sweepEndMs(nowMs + CLOCK_SKEW_MS) || found.auditedUntilMs > auditEndMs(nowMs + CLOCK_SKEW_MS)
  if (!ahead) return { ...found }
  log.warn('watermark ahead of the clock, set back: some clock was or is wrong', {
    sweptUntil: new Date(found.sweptUntilMs).toISOString(),
    auditedUntil: new Date(found.auditedUntilMs).toISOString(),
  })
  return {
    sweptUntilMs: Math.min(found.sweptUntilMs, start.sweptUntilMs),
    auditedUntilMs: Math.min(found.auditedUntilMs, start.auditedUntilMs),
  }
}
