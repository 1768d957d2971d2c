import { type Mutant, mutant } from '../mutant.ts'

/** Changes of mind: what stands under an id, and which of two requests wins. */
export const CHANGE_MUTANTS: readonly Mutant[] = [
  mutant('cancels all of an id, and writes no note of it', {
    file: 'functions/validator/clear-id.ts',
    from: 'await deps.table.clear(id, order)',
    to: '',
    verdict: 'NOT REPLACED',
    faults: ['reordering'],
    hours: 0.1,
    rate: 20,
  }),
  {
    name: 'notes where an event stands once it has looked what was cancelled',
    changes: [
      {
        file: 'functions/validator/schedule.ts',
        from: 'await indexAll(deps, events.filter(hasOwnId))',
        to: '',
      },
      {
        file: 'functions/validator/schedule.ts',
        from: 'const isKnown = await knownAmong(deps, events)',
        to: 'const isKnown = await knownAmong(deps, events)\n    await indexAll(deps, events.filter(hasOwnId))',
      },
    ],
    verdict: 'NOT REPLACED',
    faults: ['reordering'],
    seed: 310,
    hours: 0.1,
    rate: 20,
  },
  mutant('takes the one of two replacing requests that it receives last', {
    file: 'functions/validator/clear-id.ts',
    from: 'clear(deps, request, orderOf(request.publication))',
    to: 'clear(deps, request, orderOf({ ...request.publication, atMs: deps.clock.now() }))',
    verdict: 'LOST',
    faults: [],
    hours: 0.2,
  }),
  mutant('keeps the lease that it has taken', {
    file: 'functions/validator/leasing.ts',
    from: '    if (held) await giveBack(deps, lease).catch(() => {})\n',
    to: '',
    verdict: 'LATE',
    faults: [],
  }),
  mutant('waits with what replaces another for proof', {
    file: 'functions/validator/clear-id.ts',
    from: '  const doubt = doubtAmong(cleared)\n  // That of its own',
    to: '  const doubt = doubtAmong(cleared)\n  if (doubt) throw doubt\n  // That of its own',
    verdict: 'LATE',
    faults: [],
  }),
  mutant('takes what is to replace others though it cannot find them', {
    file: 'functions/validator/clear-id.ts',
    from: "if (deps.index === 'none') return [notIndexed('cancel the other event, and leave replace out')]",
    to: '',
    verdict: 'SILENT',
    faults: [],
    index: 'none',
    hours: 0.1,
    rate: 20,
  }),
  mutant('looks for what is cancelled by its id alone though no ids are indexed', {
    file: 'functions/validator/clear-id.ts',
    from: "if (deps.index === 'none') return notIndexed(",
    to: 'if (false) return notIndexed(',
    verdict: 'SILENT',
    faults: [],
    index: 'none',
    hours: 0.1,
    rate: 20,
  }),
]
