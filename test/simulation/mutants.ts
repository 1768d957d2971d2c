import { FAULT_NAMES, type FaultName } from './faults.ts'

/** Code broken on purpose: `from` is replaced by `to` in `file`. The simulator must notice. */
export interface Mutant {
  name: string
  changes: { file: string; from: string; to: string }[]
  faults: FaultName[]
  seed: number
  /** The word with which the violation begins that it is to be caught for; any where absent. */
  verdict?: string
  /** Whether it is caught within seconds, and hunted in every test run. */
  quick?: boolean
}

const one = (name: string, faults: FaultName[], file: string, from: string, to: string, seed = 1): Mutant => ({
  name,
  changes: [{ file, from, to }],
  faults,
  seed,
})

/** Caught within seconds. */
const QUICK = [
  'emits five',
  'publishes every fifth',
  'does not look at the clock',
  'lets the runner deliver',
  'takes a past event',
  'takes an announced event',
  'does not announce',
  'forgets what it has read',
]

const ALL: Mutant[] = [
  one(
    'emits five milliseconds early',
    [],
    'functions/delivery/release-loop.ts',
    'held.takeUntil(clock.now())',
    'held.takeUntil(clock.now() + 5)',
  ),
  one(
    'writes the checkpoint before it publishes',
    ['crash'],
    'functions/delivery/publishing.ts',
    'const results = await topics.publish',
    'for (const event of batch) endings.delivered(event, clock.now())\n    const results = await topics.publish',
    52,
  ),
  one(
    'publishes every fifth event twice',
    FAULT_NAMES,
    'functions/delivery/publishing.ts',
    'const results = await topics.publish',
    'const fifth = batch.filter(({ dueAtMs }) => dueAtMs % 5 === 0)\n    if (fifth.length > 0) await topics.publish(target, fifth)\n    const results = await topics.publish',
  ),
  one(
    'takes a failed publish for a delivery',
    ['partialPublish'],
    'functions/delivery/publishing.ts',
    'if (result.ok) ',
    'if (result) ',
  ),
  one(
    'does not look at the clock again after the write',
    ['slowPark'],
    'functions/validator/dispatch.ts',
    'const nowMs = deps.clock.now()',
    'const nowMs = Number.NEGATIVE_INFINITY',
  ),
  one(
    'moves the watermark before it opens',
    ['throttle'],
    'functions/loader/through-slots.ts',
    "doneUntilMs = minuteMs + (result?.status === 'rejected' ? 0 : SLOT_MS)",
    'doneUntilMs = minuteMs + SLOT_MS',
    7,
  ),
  {
    name: 'loads like the ancestor: the coming minute alone, and never looks back',
    changes: [
      {
        file: 'functions/loader/sweep.ts',
        from: '{ ...stretch, toMs',
        to: '{ ...stretch, fromMs: sweepEndMs(clock.now()) - SLOT_MS, toMs',
      },
      { file: 'functions/loader/audit.ts', from: 'toMs: auditEndMs(', to: 'toMs: 0 * auditEndMs(' },
    ],
    faults: ['lateTick'],
    seed: 1,
  },
  one(
    'settles without looking at outcomes',
    [],
    'status/slot-account.ts',
    'const found = page.filter(({ key }) => open.has(key))',
    'const found = page.slice(0, 0)',
  ),
  one(
    'delivers by express without a claim',
    ['doubledInvocation'],
    'functions/delivery/claimed-delivery.ts',
    'events.filter((_, i) => claims[i])',
    'events.filter((_, i) => claims[i] || writer === "express")',
  ),
  one(
    'does not look for announcements',
    [],
    'functions/emitter/segment-feed.ts',
    'delivery.hold(await log.announced())',
    '',
  ),
  one(
    'takes an announced event each time it sees it',
    [],
    'functions/emitter/announced-events.ts',
    'for (const { key } of events) takenAtMs.set(key, nowMs)',
    '',
  ),
  one(
    'does not announce what was written late',
    ['slowPark'],
    'functions/validator/dispatch.ts',
    ', announce(deps, late)',
    '',
  ),
  one(
    'forgets what it has read when that is announced late',
    ['slowPark'],
    'functions/emitter/announced-events.ts',
    'if (mayBeAnnounced(event)) takenAtMs.set(event.key, nowMs)',
    "if (event.lane === 'soon') takenAtMs.set(event.key, nowMs)",
  ),
  one(
    'lets the runner deliver what the express lane has',
    // An execution that starts in time claims the event before the runner lets go of it.
    ['coldStart'],
    'functions/emitter/segment-log.ts',
    "lane !== 'express' && ",
    '',
  ),
  one(
    'takes a past event that comes again for another',
    ['redelivery'],
    'functions/validator/place-known.ts',
    'return (await deps.table.concludeFirst(pointer)) ? { park: { ...event, ...next } } : placeKnown(deps, event)',
    'return { park: { ...event, ...next } }',
  ),
  one(
    'does not unsettle a slot it writes to late',
    ['slowPark'],
    'functions/open-slot.ts',
    'const { runs } = await table.unsettle(slot)\n    await reopen({ table, runners }, slot, runs)',
    '',
  ),
  one(
    'acknowledges messages it could not deal with',
    ['throttle'],
    'functions/validator/validate.ts',
    'failed.add(messageId)',
    '',
  ),
  one(
    'forgets to park the next attempt',
    ['troubledTargets'],
    'functions/delivery/fate.ts',
    'await table.park([attemptAt(event, next, clock.now())])',
    '',
  ),
  one(
    'gives up on a throttled function after three seconds',
    ['lambdaThrottle'],
    'infra/definitions/retriers.ts',
    'MaxAttempts: 25',
    'MaxAttempts: 3',
  ),
  one(
    'gives up without a notice',
    [],
    'functions/delivery/fate.ts',
    'const why = await notTold(deps, event, { code, error })',
    'const why = void error',
  ),
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
    verdict: 'REFUSED',
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

export const MUTANTS = ALL.map((mutant) => ({ ...mutant, quick: QUICK.some((name) => mutant.name.startsWith(name)) }))
