import { type Mutant, mutant } from '../mutant.ts'

/** Code that lets two publish beside each other, where an invocation that was given up goes on. */
export const OWNERSHIP_MUTANTS: readonly Mutant[] = [
  mutant('does not look at the owner', {
    file: 'functions/delivery/ownership.ts',
    from: 'isLost: async () => (await table.incarnationOf(slot, segment)) > incarnation',
    to: 'isLost: async () => false',
    verdict: 'DOUBLED',
    faults: ['zombie'],
    seed: 3,
  }),
  mutant('does not wait before it takes over', {
    file: 'functions/delivery/ownership.ts',
    from: 'if (incarnation > 1) await clock.sleep(TAKE_OVER_MS)',
    to: '',
    verdict: 'DOUBLED',
    faults: ['zombie'],
    seed: 2,
  }),
  mutant('clears by due instead of by now', {
    file: 'functions/delivery/clearance.ts',
    from: 'now() <= untilMs',
    to: 'untilMs > Number.NEGATIVE_INFINITY',
    verdict: 'DOUBLED',
    faults: ['frozen'],
  }),
  mutant('counts a claim from when it is made', {
    file: 'functions/delivery/claimed-delivery.ts',
    from: 'lookedAtMs + CLAIM_VALID_MS',
    to: 'clock.now() + CLAIM_VALID_MS',
    verdict: 'DOUBLED',
    faults: ['frozen', 'lateTick'],
  }),
]
