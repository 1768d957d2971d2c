import { FAULT_NAMES } from './faults.ts'
import { type Mutant, one } from './mutant.ts'
import { CHANGES } from './mutants-of-changes.ts'

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
  ...CHANGES,
]

export const MUTANTS = ALL.map((mutant) => ({ ...mutant, quick: QUICK.some((name) => mutant.name.startsWith(name)) }))
