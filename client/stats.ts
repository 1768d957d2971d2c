import type { When } from './when.ts'

export interface StatsOptions {
  /** Default: an hour ago. */
  from?: When | undefined
  /** Default: in an hour. */
  to?: When | undefined
}

/** What became of a minute's events, or will. */
export interface MinuteStats {
  /** Start of the minute, epoch ms. */
  minuteMs: number
  /** Events that have not ended. */
  pending: number
  /** Whether every slot of the minute is settled. */
  settled: boolean
  /** Once it is settled: how late its events were, ms. */
  latenessMs: { p50: number; p99: number; max: number } | undefined
}

export interface Stats {
  minutes: MinuteStats[]
}
