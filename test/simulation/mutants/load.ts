import { type Mutant, mutant } from '../mutant.ts'

/** A target that takes less than falls due for it. */
const TOO_SLOW = { faults: ['slowTarget'], hours: 0.05, rate: 30 } satisfies Partial<Mutant>

/** What is late: how it joins an emitter at work, in bulk, and what goes first. */
export const LOAD_MUTANTS: readonly Mutant[] = [
  mutant('does not announce what is late when it is there', {
    file: 'core/lane.ts',
    from: ' || event.emitAtMs < nowMs)',
    to: ')',
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
  mutant('announces the first of the late events of a batch alone', {
    file: 'aws/events-table/announcements.ts',
    from: 'keys: events.map(({ key }) => key)',
    to: 'keys: events.slice(0, 1).map(({ key }) => key)',
    verdict: 'LATE',
    faults: ['overload'],
    hours: 0.01,
    rate: 250,
  }),
  mutant('looks up a part of what is announced', {
    file: 'functions/emitter/announced-events.ts',
    from: 'yield await lookUpPage(keys.slice(i, i + MAX_LOOKED_UP))',
    to: 'yield await lookUpPage(keys.slice(i, i + 3))',
    verdict: 'LATE',
    faults: ['overload'],
    hours: 0.01,
    rate: 250,
  }),
  mutant('bounds nothing of what a target has in memory that is behind', {
    file: 'functions/delivery/target-loads.ts',
    from: 'if (isBounded && !hasRoom(load, event, nowMs)) return false',
    to: '',
    verdict: 'LATE',
    ...TOO_SLOW,
    rate: 60,
  }),
  mutant('looks up what was deferred, and does no more with it', {
    file: 'functions/emitter/segment-feed.ts',
    from: 'delivery.resume(keys, events)',
    to: 'delivery.resume(keys, events.slice(0, 1))',
    verdict: 'LATE',
    ...TOO_SLOW,
  }),
  mutant('defers for ever', {
    file: 'functions/delivery/target-loads.ts',
    from: 'isBounded ? Math.min(left, roomOf(load, allBytes)) : left',
    to: 'isBounded ? 0 : left',
    verdict: 'LATE',
    ...TOO_SLOW,
  }),
]
