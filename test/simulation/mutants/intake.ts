import { type Mutant, mutant } from '../mutant.ts'

/** The way in: what is asked for, and who is told of it. */
export const INTAKE_MUTANTS: readonly Mutant[] = [
  mutant('acknowledges messages it could not deal with', {
    file: 'functions/validator/validate.ts',
    from: 'failed.add(messageId)',
    to: '',
    verdict: 'LOST',
    faults: ['throttle'],
    hours: 0.3,
  }),
  mutant('does not look whether an event is known', {
    file: 'functions/validator/known-before.ts',
    from: 'known.has(slot + key) || ',
    to: '',
    verdict: 'DOUBLED',
    faults: ['redelivery'],
  }),
  mutant('takes a past event that comes again for another', {
    file: 'functions/validator/place-known.ts',
    from: '(await deps.table.concludeFirst(pointer)) ? ',
    to: 'true ? ',
    verdict: 'DOUBLED',
    faults: ['redelivery'],
    quick: true,
  }),
  mutant('takes what was left over for written', {
    file: 'functions/validator/park-all.ts',
    from: '!isAmong(event, unwritten) && ',
    to: '',
    verdict: 'LOST',
    faults: ['throttle'],
    hours: 0.3,
  }),
  mutant('opens no slot that is near', {
    file: 'functions/validator/dispatch.ts',
    from: '[slot, deps.openSlot(slot)]',
    to: '[slot, Promise.resolve()]',
    verdict: 'LATE',
    faults: [],
    quick: true,
  }),
  mutant('does not look at the clock again after the write', {
    file: 'functions/validator/dispatch.ts',
    from: 'const nowMs = deps.clock.now()',
    to: 'const nowMs = Number.NEGATIVE_INFINITY',
    verdict: 'LATE',
    faults: ['slowPark'],
    quick: true,
  }),
  mutant('does not announce what was written late', {
    file: 'functions/validator/dispatch.ts',
    from: ', announce(deps, late)',
    to: '',
    verdict: 'LATE',
    faults: ['slowPark'],
    quick: true,
  }),
  mutant('does not unsettle a slot it writes to late', {
    file: 'functions/open-slot.ts',
    from: 'const { runs } = await table.unsettle(slot)\n    await reopen({ table, runners }, slot, runs)',
    to: '',
    verdict: 'UNEVEN',
    faults: ['slowPark'],
  }),
  mutant('says yes to a cancel and writes nothing', {
    file: 'functions/validator/cancel.ts',
    from: 'await deps.table.concludeFirst(cancelled)',
    to: 'cancelled',
    verdict: 'NOT CANCELLED',
    faults: [],
    hours: 0.1,
  }),
  {
    name: 'takes cancels up to the last moment, and is sure of them',
    changes: [
      {
        file: 'functions/validator/cancel.ts',
        from: 'emitAtMs - publication.atMs < CANCEL_MARGIN_MS',
        to: 'emitAtMs - publication.atMs < 0',
      },
      { file: 'functions/validator/doubt.ts', from: "event.lane === 'express' || ", to: 'event.lane || ' },
    ],
    verdict: 'DOUBLED',
    faults: [],
  },
]
