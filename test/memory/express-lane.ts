import type { ExpressLane } from '../../aws/express-lane.ts'
import type { EventRef } from '../../core/event.ts'

export interface ExpressExecution {
  wakeAt: string
  events: readonly EventRef[]
}

export interface ExpressLaneInMemory extends ExpressLane {
  executions: ExpressExecution[]
  /** Keys of all events sent by express. */
  keys(): string[]
  /** Makes `deliver` reject until it is called with undefined. */
  failWith(error: Error | undefined): void
}

/** @param onDeliver told of every execution */
export function expressLaneInMemory(onDeliver: (execution: ExpressExecution) => void = () => {}): ExpressLaneInMemory {
  const executions: ExpressExecution[] = []
  let failure: Error | undefined
  return {
    executions,
    async deliver(wakeAt, events) {
      if (failure) throw failure
      const execution = { wakeAt, events: events.map(({ slot, key }) => ({ slot, key })) }
      executions.push(execution)
      onDeliver(execution)
    },
    keys: () => executions.flatMap(({ events }) => events.map(({ key }) => key)),
    failWith(error) {
      failure = error
    },
  }
}
