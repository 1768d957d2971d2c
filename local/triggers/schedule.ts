export interface ScheduleSpec {
  name: string
  /** Only `rate(…)`: a cron expression is refused. */
  expression: string
  invoke(): Promise<unknown>
}

const UNIT_MS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }

/**
 * EventBridge Scheduler's rate expressions; fires once at the start too, so that what fell due while the stack was
 * down does not wait for another minute. A failed invocation is left to the next.
 */
export function startSchedule({ name, expression, invoke }: ScheduleSpec) {
  const [, value, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? []
  if (!value) throw new Error(`schedule ${name}: the local stack knows rate(n minutes|hours|days), not ${expression}`)
  const tick = () => void invoke().catch(() => {})
  tick()
  const timer = setInterval(tick, Number(value) * UNIT_MS[unit as keyof typeof UNIT_MS])
  return { stop: () => clearInterval(timer) }
}
