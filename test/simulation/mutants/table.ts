import { type Mutant, mutant } from '../mutant.ts'

/** What is written and read, and how long it is kept. */
export const TABLE_MUTANTS: readonly Mutant[] = [
  mutant('takes what a batch left over for written', {
    file: 'aws/events-table/bulk.ts',
    from: 'answer.UnprocessedItems?.',
    to: 'answer.nothing?.',
    verdict: 'LOST',
    faults: ['leftovers'],
    seed: 2,
    hours: 0.1,
  }),
  mutant('takes what a batch has not read for absent', {
    file: 'aws/events-table/bulk.ts',
    from: 'answer.UnprocessedKeys?.',
    to: 'answer.nothing?.',
    verdict: 'LATE',
    faults: ['leftovers'],
  }),
  mutant('reads the first page alone', {
    file: 'aws/events-table/bulk.ts',
    from: 'while (from)',
    to: 'while (false)',
    verdict: 'UNEVEN',
    faults: ['bursts'],
  }),
  mutant('forgets a payload that stands apart', {
    file: 'aws/events-table/payloads.ts',
    from: 'if (apart === undefined) return []',
    to: 'if (true) return []',
    verdict: 'UNSETTLED',
    faults: ['largePayloads'],
    hours: 0.1,
  }),
  mutant('keeps nothing for an outage', {
    file: 'aws/events-table/retention.ts',
    from: 'retentionDays + OUTAGE_DAYS',
    to: 'retentionDays',
    verdict: 'DOUBLED',
    faults: ['longOutage', 'expiry'],
    hours: 0.3,
  }),
  mutant('keeps a claim for ever', {
    file: 'aws/events-table/outcomes.ts',
    from: 'atMs - CLAIM_MS',
    to: '0',
    verdict: 'UNSETTLED',
    faults: ['crash'],
    seed: 2,
  }),
]
