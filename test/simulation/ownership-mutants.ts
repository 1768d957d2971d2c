import type { Mutant } from './mutant.ts'

/** Code that lets two publish beside each other, where an invocation that was given up goes on. */
export const OWNERSHIP_MUTANTS: Mutant[] = [
  {
    name: 'does not look at the owner',
    faults: ['zombie'],
    seed: 1,
    changes: [
      {
        file: 'functions/delivery/ownership.ts',
        from: 'isLost: async () => (await table.incarnationOf(slot, segment)) > incarnation',
        to: 'isLost: async () => false',
      },
    ],
  },
  {
    name: 'does not wait before it takes over',
    faults: ['zombie'],
    seed: 1,
    changes: [
      {
        file: 'functions/delivery/ownership.ts',
        from: 'if (incarnation > 1) await clock.sleep(TAKE_OVER_MS)',
        to: '',
      },
    ],
  },
  {
    name: 'clears by due instead of by now',
    faults: ['frozen'],
    seed: 1,
    changes: [
      {
        file: 'functions/delivery/clearance.ts',
        from: 'now() <= untilMs',
        to: 'untilMs > Number.NEGATIVE_INFINITY',
      },
    ],
  },
  {
    name: 'counts a claim from when it is made',
    faults: ['frozen'],
    seed: 1,
    changes: [
      {
        file: 'functions/delivery/claimed-delivery.ts',
        from: 'lookedAtMs + CLAIM_VALID_MS',
        to: 'clock.now() + CLAIM_VALID_MS',
      },
    ],
  },
]
