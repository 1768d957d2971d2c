import type { Log } from '../../aws/log.ts'
import type { MetricName, MetricsPort } from '../../aws/metrics.ts'

export interface Line {
  level: keyof Log
  message: string
  [detail: string]: unknown
}

export interface LogRecorder extends Log {
  lines: Line[]
  /** Lines with this message. */
  of(message: string): Line[]
}

/** Keeps nothing of what is logged: for runs so long that it would fill the memory. */
export const SILENT_LOG: Log = { debug() {}, info() {}, warn() {}, error() {} }

/** Keeps what is logged. */
export function logRecorder(): LogRecorder {
  const lines: Line[] = []
  const at =
    (level: keyof Log) =>
    (message: string, details: object = {}) => {
      lines.push({ level, message, ...details })
    }
  return {
    lines,
    of: (message) => lines.filter((line) => line.message === message),
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
  }
}

export interface MetricsRecorder extends MetricsPort {
  published: Partial<Record<MetricName, number>>[]
  /** The sum of all values of a metric. */
  sum(name: MetricName): number
}

/** Keeps what is measured. */
export function metricsRecorder(): MetricsRecorder {
  const published: Partial<Record<MetricName, number>>[] = []
  return {
    published,
    publish: (values) => void published.push({ ...values }),
    sum: (name) => published.reduce((total, values) => total + (values[name] ?? 0), 0),
  }
}
