/** A minute in which anything was ever written, and how many slots it has: decided once, by whoever wrote first. */
export interface DividedMinute {
  /** Its start, epoch ms. */
  minuteMs: number
  shards: number
}
