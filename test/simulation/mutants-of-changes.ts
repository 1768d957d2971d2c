import { type Mutant, one } from './mutant.ts'

/** Code that does not do to an event what was published last. */
export const CHANGES: Mutant[] = [
  {
    ...one(
      'delivers an event that was moved at its old date, too',
      [],
      'functions/validator/reschedule.ts',
      'const refusal = await stop(deps, old, { ...request, reason, next: place })',
      'const refusal = reason ? undefined : await stop(deps, old, request)',
    ),
    verdict: 'NOT MOVED',
  },
  {
    ...one(
      'swallows an event that is scheduled again after a cancel',
      [],
      'functions/validator/place-known.ts',
      "return goOn(deps, event, standing, 'moved')",
      'return {}',
    ),
    verdict: 'LOST',
  },
  {
    ...one(
      'acts again on what is repeated',
      ['redelivery'],
      'status/event-status.ts',
      'return publication !== undefined && messageIds.has(publication.messageId)',
      'return publication === messageIds',
    ),
    verdict: 'LOST',
  },
  {
    ...one(
      'lets the second of two cancels count for nothing',
      [],
      'functions/validator/cancel.ts',
      '!repeated && outcome && isLater(change.publication, outcome)',
      'repeated && outcome && isLater(change.publication, outcome)',
    ),
    verdict: 'NOT CANCELLED',
  },
  {
    ...one(
      'cancels what was asked for again after the cancel',
      [],
      'functions/validator/cancel.ts',
      'if (!refusal && wasAskedSince(events[0], change)) await scheduleAgain(deps, events[0])',
      '',
    ),
    verdict: 'LOST',
  },
  one(
    'divides minutes, and does not look how they are divided',
    ['shardsChange', 'deployment'],
    'functions/slot-at.ts',
    '(await table.shardsAt(minuteMs)) ?? table.divideMinute(minuteMs, shards)',
    '(await table.divideMinute(minuteMs, shards)) && shards',
  ),
  {
    ...one(
      'takes the same id and date with other fields without a word',
      [],
      'functions/validator/place-known.ts',
      'return same ? askAgain(deps, event, standing) : { refusal: whyTaken(event) }',
      'return askAgain(deps, event, standing)',
    ),
    verdict: 'TAKEN',
  },
]
