import { type Mutant, mutant } from '../mutant.ts'

/** What is late: how it joins an emitter at work, in bulk, and what goes first. */
export const LOAD_MUTANTS: readonly Mutant[] = [
  mutant('does not announce what is late when it is there', {
    file: 'core/lane.ts',
    from: "(lane === 'soon' ? 0 : STILL_NEAR_MS)",
    to: "(lane === 'soon' ? Number.NEGATIVE_INFINITY : STILL_NEAR_MS)",
    verdict: 'LATE',
    faults: ['reordering'],
    quick: true,
  }),
  mutant('sees announcements of what is yet to come alone', {
    file: 'functions/emitter/announced-events.ts',
    from: 'fromMs = Math.max(0, nowMs - CLOCK_SKEW_MS)',
    to: 'fromMs = nowMs + 2 * CLOCK_SKEW_MS',
    verdict: 'LATE',
    faults: ['reordering'],
  }),
  mutant('leaves what is late to an emitter that has ended', {
    file: 'core/lane.ts',
    from: 'planned.find(({ to }) => key < to)',
    to: 'planned.at(-1)',
    verdict: 'LATE',
    faults: ['bursts', 'reordering'],
  }),
  mutant('leaves what is late to an emitter until the very end of its segment', {
    file: 'core/lane.ts',
    from: 'nowMs + SOON_MS <= segment.untilMs',
    to: 'nowMs <= segment.untilMs + 10 * SOON_MS',
    verdict: 'LATE',
    faults: ['bursts', 'reordering'],
  }),
  mutant('publishes what has expired while it waited for its target', {
    file: 'functions/delivery/target-queues.ts',
    from: 'const inTime = withoutExpired(batch)',
    to: 'const inTime = batch',
    verdict: 'EXPIRED EVENT',
    faults: ['hangingTarget', 'troubledTargets'],
  }),
  mutant('looks up a part of what is announced', {
    file: 'functions/emitter/announced-events.ts',
    from: 'yield await lookUp(keys.slice(i, i + MAX_LOOKED_UP))',
    to: 'yield await lookUp(keys.slice(i, i + 3))',
    verdict: 'LATE',
    faults: ['overload'],
    hours: 0.01,
    rate: 250,
  }),
]
