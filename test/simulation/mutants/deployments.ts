import { type Mutant, mutant } from '../mutant.ts'

/** What holds however settings change, and whoever still runs with older ones. */
export const DEPLOYMENT_MUTANTS: readonly Mutant[] = [
  mutant('finds slots by its own setting, though it divides minutes', {
    file: 'functions/slot-at.ts',
    from: 'slotOf(atMs, id, await shardsOf(minuteOf(atMs)))',
    to: 'slotOf(atMs, id, (await shardsOf(minuteOf(atMs))) && shards)',
    verdict: 'DOUBLED',
    faults: ['deployments'],
    quick: true,
  }),
  {
    name: 'divides a minute anew when another asks for it',
    changes: [
      {
        file: 'functions/slot-at.ts',
        from: '(await table.shardsAt(minuteMs)) ?? table.divideMinute(minuteMs, shards)',
        to: 'table.divideMinute(minuteMs, shards)',
      },
      { file: 'aws/events-table/minutes.ts', from: 'if_not_exists(#shards, :shards)', to: ':shards' },
    ],
    verdict: 'DOUBLED',
    faults: ['deployments'],
    quick: true,
  },
  mutant('opens as many shards of every minute as the stack had at first', {
    file: 'functions/loader/through-slots.ts',
    from: 'slotsOfMinute(minuteMs, shards)',
    to: 'slotsOfMinute(minuteMs, 2)',
    verdict: 'UNSETTLED',
    faults: ['deployments'],
  }),
  {
    name: 'notes under an id the slot that its own setting says',
    changes: [
      {
        file: 'functions/validator/known-before.ts',
        from: 'import { slotEndMs }',
        to: 'import { slotEndMs, slotOf }',
      },
      {
        file: 'functions/validator/known-before.ts',
        from: '{ table, index, slotAt }: KnownBeforeDeps,',
        to: '{ table, index, shards }: KnownBeforeDeps & { shards: number },',
      },
      {
        file: 'functions/validator/known-before.ts',
        from: 'slot: await slotAt(event.dueAtMs, event.id)',
        to: 'slot: slotOf(event.dueAtMs, event.id, shards)',
      },
    ],
    verdict: 'NOT REPLACED',
    faults: ['deployments'],
    seed: 5,
    hours: 0.5,
  },
  mutant('lists as many shards of every minute as the stack had at first', {
    file: 'status/list-events.ts',
    from: 'slotsOfMinute(minuteMs, shards)',
    to: 'slotsOfMinute(minuteMs, 2)',
    verdict: 'TOLD',
    faults: ['deployments'],
  }),
]
