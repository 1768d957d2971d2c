import { type Mutant, mutant } from '../mutant.ts'

/** What is told of events: their statuses, and when they were delivered. */
export const TELLING_MUTANTS: readonly Mutant[] = [
  mutant('tells of an event that was past due on arrival where its date is', {
    file: 'status/chains.ts',
    from: "(outcome?.kind === 'retrying' || outcome?.kind === 'moved')",
    to: "outcome?.kind === 'retrying'",
    verdict: 'TOLD',
    faults: [],
    hours: 0.2,
    quick: true,
  }),
  mutant('does not tell of an event that was never parked at its date', {
    file: 'status/list-events.ts',
    from: 'yield placesAmong([], await outcomesIn(table, slot, { from, to }))',
    to: '',
    verdict: 'TOLD',
    faults: [],
    hours: 0.2,
  }),
  mutant('looks for a delivery a second after it was written down', {
    file: 'status/deliveries.ts',
    from: 'sinceMs - CLOCK_SKEW_MS',
    to: 'sinceMs + 1_000',
    verdict: 'TOLD',
    faults: [],
    hours: 0.2,
  }),
  mutant('writes down of one event how late another was', {
    file: 'functions/delivery/checkpointing.ts',
    from: 'published.map(({ lateMs }) => lateMs)',
    to: 'published.map(({ lateMs }) => lateMs).reverse()',
    verdict: 'TOLD',
    faults: [],
    hours: 0.2,
  }),
  mutant('counts from its date how late an event was that arrived after it', {
    file: 'status/event-facts.ts',
    from: 'Math.max(head?.dueAtMs ?? 0, head?.acceptedAtMs ?? 0)',
    to: '(head?.dueAtMs ?? 0)',
    verdict: 'TOLD',
    faults: [],
    hours: 0.2,
  }),
  mutant('believes every cancel that is written, though the event went out', {
    file: 'status/event-facts.ts',
    from: 'emitAtMs - outcome.atMs < SURE_MS + LONGEST_WRITE_MS',
    to: 'false',
    verdict: 'TOLD',
    faults: ['overload'],
    hours: 0.01,
    rate: 250,
  }),
]
