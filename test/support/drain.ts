import { settleAtMs } from '../../core/slot.ts'
import { functionsOf, type World } from './world.ts'

/**
 * Lets the world go on without faults: express executions run, the loader runs each minute, runners settle their slots
 * (that no emitter ran is the worst case). What nobody opens is never delivered. Drained again, the world has all its
 * express executions run again: they may be doubled.
 */
export async function drain(world: World, minutes = 10): Promise<void> {
  const { clock, runners, express } = world
  let started = 0
  for (let minute = 0; minute < minutes; minute++) {
    const functions = functionsOf(world)
    for (; started < express.executions.length; started++) {
      const { events } = express.executions[started] ?? { events: [] }
      await clock.run(functions.emitter({ execution: `express-${started}`, events }))
    }
    await clock.run(functions.loader({}))
    for (const { name, input } of runners.all().filter(({ running }) => running)) {
      const { slot } = JSON.parse(input)
      if (clock.now() < settleAtMs(slot)) continue
      const { settled } = await clock.run(functions.settler({ slot }))
      if (settled) runners.end(name)
    }
    await clock.advance(60_000)
  }
}
