import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'

/** Every metric of the scheduler, with its unit. CloudWatch reads them from the log, so they cost no calls. */
const UNITS = {
  Rejected: MetricUnit.Count,
  Delivered: MetricUnit.Count,
  Failed: MetricUnit.Count,
  LatenessP99: MetricUnit.Milliseconds,
  LatenessMax: MetricUnit.Milliseconds,
  OpenedSlots: MetricUnit.Count,
  UnsettledSlots: MetricUnit.Count,
  Unreadable: MetricUnit.Count,
  Untold: MetricUnit.Count,
  SweepLag: MetricUnit.Seconds,
} as const

export type MetricName = keyof typeof UNITS

/** Publishes metrics by name, once per invocation. Namespace and stack come from the function's variables. */
export function metrics() {
  const client = new Metrics()
  return {
    publish(values: Partial<Record<MetricName, number>>): void {
      for (const [name, value] of Object.entries(values)) client.addMetric(name, UNITS[name as MetricName], value)
      client.publishStoredMetrics()
    },
  }
}

export type MetricsPort = ReturnType<typeof metrics>
