import { performance } from 'node:perf_hooks'
import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** A thread is idle when it was busy for less than this part of the time since the last look. */
const IDLE_UTILIZATION = 0.05

/** A heap that has grown by less since it was last collected is left alone, bytes: collecting costs a pause. */
const WORTH_BYTES = 16 * 1024 * 1024

type Collect = (options: { type: 'major'; execution: 'sync'; flavor: 'last-resort' }) => void

/**
 * Has this thread give back the memory that a load has left behind, once it is idle. V8 collects when something is
 * allocated, and so keeps what an idle thread does not need: a gigabyte after a thousand large events
 * (`npm run bench:memory`). It does not keep the thread alive.
 * @param isBusy whether the thread has something under way that a pause might hold up, though it only waits now
 * @param lookEveryMs how often it is looked at, ms; default 5,000
 */
export function giveBackWhenIdle(isBusy: () => boolean = () => false, lookEveryMs = 5_000): void {
  const collect = collector()
  let leastBytes = getHeapStatistics().total_heap_size
  let seen = performance.eventLoopUtilization()
  const look = () => {
    const { utilization } = performance.eventLoopUtilization(seen)
    seen = performance.eventLoopUtilization()
    const { total_heap_size: bytes } = getHeapStatistics()
    if (utilization > IDLE_UTILIZATION || isBusy() || bytes - leastBytes < WORTH_BYTES) return
    collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
    leastBytes = getHeapStatistics().total_heap_size
  }
  setInterval(look, lookEveryMs).unref()
}

/**
 * V8's own collector, which Node hands out to contexts that are made while the flag is set. It stays set: it is the whole
 * process's, and another thread may be about to make its context.
 */
function collector(): Collect {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as Collect
}
