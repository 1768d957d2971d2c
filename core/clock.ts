/** Time as a port: only long-lived loops take it, everything else takes `nowMs`. */
export interface Clock {
  /** Wall clock, epoch milliseconds. */
  now(): number
  /** Resolves after `ms` milliseconds (at once if there are none), or when `signal` is or gets aborted; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** Uniform random number in [0, 1). Injected, so that a simulated run can be repeated. */
export type Random = () => number
