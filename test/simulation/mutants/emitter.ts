import { type Mutant, mutant } from '../mutant.ts'

/** Reading a segment: what is emitted, and what is not any more. */
export const EMITTER_MUTANTS: readonly Mutant[] = [
  mutant('reads no further than now', {
    file: 'functions/emitter/segment-feed.ts',
    from: 'clock.now() + READ_AHEAD_MS',
    to: 'clock.now()',
    verdict: 'LATE',
    faults: [],
    quick: true,
  }),
  mutant('does not look for cancels', {
    file: 'functions/emitter/segment-feed.ts',
    from: '[owner.isLost(), dropConcluded()]',
    to: '[owner.isLost()]',
    verdict: 'CANCELLED EVENT',
    faults: [],
  }),
  mutant('does not look for announcements', {
    file: 'functions/emitter/segment-feed.ts',
    from: 'for await (const page of log.announced()) {',
    to: 'for (const page of []) {',
    verdict: 'LATE',
    faults: [],
  }),
  mutant('takes an announced event each time it sees it', {
    file: 'functions/emitter/announced-events.ts',
    from: 'note(events)',
    to: '',
    verdict: 'DOUBLED',
    faults: [],
    quick: true,
  }),
  mutant('forgets what it has published when that is announced late', {
    file: 'functions/emitter/announced-events.ts',
    from: 'recordedAtMs.set(key, nowMs)',
    to: '',
    verdict: 'DOUBLED',
    faults: ['slowPark'],
    quick: true,
  }),
  mutant('does not ask what an emitter before it has delivered', {
    file: 'functions/emitter/segment-log.ts',
    from: 'for (const key of checkpoint.delivered) delivered.add(key)',
    to: '',
    verdict: 'DOUBLED',
    faults: ['crash'],
  }),
  mutant('lets the runner deliver what the express lane has', {
    // An execution that starts in time claims the event before the runner lets go of it.
    file: 'functions/emitter/segment-log.ts',
    from: "lane !== 'express' && ",
    to: '',
    verdict: 'DOUBLED',
    faults: ['coldStart'],
    seed: 2,
  }),
]
