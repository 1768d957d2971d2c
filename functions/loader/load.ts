import * as z from 'zod'
import type { EventsTable } from '../../aws/events-table.ts'
import type { Log } from '../../aws/log.ts'
import type { MetricsPort } from '../../aws/metrics.ts'
import { parseJson } from '../../core/json.ts'
import { minuteOf } from '../../core/slot.ts'
import { type AuditDeps, audit, reopenUnsettled } from './audit.ts'
import { type SweepDeps, sweep } from './sweep.ts'

export type LoadDeps = Omit<SweepDeps, 'table'> &
  Omit<AuditDeps, 'table'> & {
    table: SweepDeps['table'] & AuditDeps['table'] & Pick<EventsTable, 'watermark' | 'saveWatermark'>
    shards: number
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

/** The minute's work: sweep, then audit. Of a runner that ended badly only its slot is opened again, at once. */
export function loadWith(deps: LoadDeps) {
  return async (input: unknown): Promise<void> => {
    const ended = stateChange.safeParse(input)
    if (!ended.success) return loadMinute(deps)
    const { slot } = ended.data.detail.input
    const reopened = await reopenUnsettled(deps, slot)
    deps.log.warn('runner ended badly', { slot, reopened })
  }
}

async function loadMinute(deps: LoadDeps): Promise<void> {
  const start = minuteOf(deps.clock.now())
  const known = (await deps.table.watermark()) ?? { sweptUntilMs: start, auditedUntilMs: start, shards: 0 }
  const shards = Math.max(deps.shards, known.shards)
  const swept = await sweep(deps, { fromMs: known.sweptUntilMs, shards })
  const audited = await audit(deps, { fromMs: known.auditedUntilMs, shards })
  await deps.table.saveWatermark({ sweptUntilMs: swept.sweptUntilMs, auditedUntilMs: audited.auditedUntilMs, shards })
  const lagMs = Math.max(0, deps.clock.now() - swept.sweptUntilMs)
  deps.metrics.publish({
    OpenedSlots: swept.opened,
    UnsettledSlots: audited.unsettled.length,
    SweepLag: Math.round(lagMs / 1_000),
  })
  if (audited.unsettled.length > 0) deps.log.warn('slots not settled', { slots: audited.unsettled.slice(0, 20) })
  const fault = swept.fault ?? audited.fault
  if (fault) throw fault
}
