/** A change of the code that nobody can see from outside, so that no test can fail by it. */
export interface Equivalent {
  file: string
  /** What stands there, in one line. */
  from: string
  /** What stands there instead. */
  to: string
  why: string
}

/** The changes of one file. */
const inFile = (file: string, ...changes: [from: string, to: string, why: string][]): Equivalent[] =>
  changes.map(([from, to, why]) => ({ file, from, to, why }))

export const EQUIVALENTS: Equivalent[] = [
  ...inFile(
    'aws/connections.ts',
    [
      'Object.entries(settings).filter(([, value]) => value !== undefined)',
      'Object.entries(settings)',
      'The SDK takes undefined for what is not given, too: only its types forbid it.',
    ],
    ['value !== undefined', 'true', 'The SDK takes undefined for what is not given, too: only its types forbid it.'],
  ),
  ...inFile(
    'aws/events-table/bulk.ts',
    ['[]', '["Stryker was here"]', 'What is no item of DynamoDB’s is passed over.'],
    ['one.PutRequest?.Item', 'one.PutRequest.Item', 'Only puts are asked for: only the types ask.'],
    ["''", '"Stryker was here!"', 'An expression without an alias names nothing.'],
  ),
  ...inFile(
    'aws/input-topic.ts',
    ['[]', '["Stryker was here"]', 'What is no entry of the batch is passed over.'],
    ["''", '"Stryker was here!"', 'SNS names all that it takes: only the types ask.'],
  ),
  ...inFile(
    'aws/topics.ts',
    ['[]', '["Stryker was here"]', 'What is no entry of the batch is passed over.'],
    ['true', 'false', 'Whether the SDK keeps its middleware costs time alone.'],
  ),
  ...inFile(
    'aws/warm-up.ts',
    ["'none'", '""', 'Nobody looks at the credentials.'],
    ['server.closeAllConnections()', ';', 'The client closes its connections, too.'],
    ['client.destroy()', ';', 'The server closes its connections, too.'],
  ),
  ...inFile('core/event-size.ts', [
    'field[1] > largest[1]',
    'field[1] >= largest[1]',
    'Of two fields that are equally large, either may be named.',
  ]),
  ...inFile(
    'core/json.ts',
    ['{ return undefined }', '{}', 'A function that ends returns undefined.'],
    ['source !== undefined', 'true', 'JSON.parse names the source of every number.'],
    ['i < json.length', 'i <= json.length', 'Behind the end there is no character, which is none that counts.'],
  ),
  ...inFile('core/lane.ts', [
    'openedAtMs !== undefined',
    'true',
    'Nothing is at least as long as NaN: only the types ask.',
  ]),
  ...inFile('core/lateness.ts', ['lateMs < 100', 'lateMs <= 100', 'A hundred has two significant digits.']),
  ...inFile(
    'core/message-json-schema.ts',
    ["['*']", '[]', 'A JSON Schema has nothing of allowed targets.'],
    ["'*'", '""', 'A JSON Schema has nothing of allowed targets.'],
    ['[]', '["Stryker was here"]', 'No schema of an action is without required fields: only the types ask.'],
    [
      'schema.required?.filter',
      'schema.required.filter',
      'No schema of an action is without required fields: only the types ask.',
    ],
  ),
  ...inFile('core/no-instant.ts', ['[]', '["Stryker was here"]', 'Only the second entry is read.']),
  ...inFile(
    'core/not-json.ts',
    [
      String.raw`/,? (?:(?:in JSON )?at position (\d+).*|(?:\.\.\.)?".*"(?:\.\.\.)? is not valid JSON)$/s`,
      String.raw`/,? (?:(?:in JSON )?at position (\d+).*|(?:\.\.\.)?".*"(?:\.\.\.)? is not valid JSON)/s`,
      'The parser says nothing behind a place.',
    ],
    [
      "''",
      '"Stryker was here!"',
      'The reason of what is JSON is asked for by nobody, but for whether it is of one kind.',
    ],
  ),
  ...inFile('core/outcome.ts', ['outcome?.kind', 'outcome.kind', 'What is final is there: only the types ask.']),
  ...inFile(
    'core/output-message.ts',
    ['most <= MAX_MESSAGE_BYTES', 'false', 'What is counted byte by byte comes to the same, and costs time alone.'],
    [
      'most <= MAX_MESSAGE_BYTES',
      'most < MAX_MESSAGE_BYTES',
      'What is counted byte by byte comes to the same, and costs time alone.',
    ],
  ),
  ...inFile(
    'core/request.ts',
    ["typeof message.action === 'string'", 'true', 'Of an action that is no string nothing else is told.'],
    ['[]', '["Stryker was here"]', 'Of an action that is no string nothing else is told.'],
    ['schemas.set(rules, schema)', ';', 'A schema that is built anew is the same, and costs time alone.'],
  ),
  ...inFile('core/request-schema.ts', ["''", '"Stryker was here!"', 'SNS carries both.']),
  ...inFile('core/retry.ts', [
    'event.latestAtMs !== undefined',
    'true',
    'No number is greater than undefined: only the types ask.',
  ]),
  ...inFile('core/segment.ts', [
    'cuts.length <= most',
    'cuts.length < most',
    'As many cuts as there may be, evenly chosen, are all of them.',
  ]),
  ...inFile(
    'core/unknown-fields.ts',
    ['b.length > 5', 'b.length >= 5', 'No field has a name of five letters.'],
    ['b.length > 3', 'b.length >= 3', 'No field has a name of three letters.'],
    ['Math.abs(a.length - b.length) <= tolerated', 'true', 'Words differ by at least as many letters; it spares time.'],
  ),
  ...inFile(
    'functions/delivery/claimed-delivery.ts',
    ['true', 'false', 'Clearance is given in the same breath, before anything can go out.'],
    ["'all are done with'", '""', 'Nobody asks why the wait has ended.'],
  ),
  ...inFile(
    'functions/delivery/fate.ts',
    ["'give up'", '""', 'Whatever is neither tried again nor expires is given up.'],
    ['false', 'true', 'Only its code and its sentence are told.'],
  ),
  ...inFile(
    'functions/delivery/held-events.ts',
    [
      'head === events.length || head > MAX_TAKEN',
      'true',
      'How much of what was taken is kept costs memory and time alone.',
    ],
    [
      'head === events.length || head > MAX_TAKEN',
      'false',
      'How much of what was taken is kept costs memory and time alone.',
    ],
    [
      'head === events.length || head > MAX_TAKEN',
      'head === events.length && head > MAX_TAKEN',
      'How much of what was taken is kept costs memory and time alone.',
    ],
    ['head === events.length', 'false', 'How much of what was taken is kept costs memory and time alone.'],
    [
      'head === events.length',
      'head !== events.length',
      'How much of what was taken is kept costs memory and time alone.',
    ],
    ['head > MAX_TAKEN', 'false', 'How much of what was taken is kept costs memory and time alone.'],
    ['head > MAX_TAKEN', 'head >= MAX_TAKEN', 'How much of what was taken is kept costs memory and time alone.'],
    ['head > MAX_TAKEN', 'head <= MAX_TAKEN', 'How much of what was taken is kept costs memory and time alone.'],
    [
      '{ events = events.slice(head) head = 0 }',
      '{}',
      'How much of what was taken is kept costs memory and time alone.',
    ],
    ['head < events.length', 'true', 'Behind what was taken last nothing is held, whatever it was.'],
    ['head < events.length', 'head <= events.length', 'Behind what was taken last nothing is held, whatever it was.'],
    ['lowest && highest', 'lowest || highest', 'Where there is a lowest there is a highest.'],
    [
      '!latest || isBefore(latest, event)',
      'false',
      'The place of an event behind all others is the end: it costs time alone.',
    ],
    [
      'one.emitAtMs === other.emitAtMs',
      'true',
      'Keys begin with the instant of emission, so that both are in one order.',
    ],
  ),
  ...inFile(
    'functions/delivery/target-loads.ts',
    ['sinceMs.size === 0 && deferred.size() === 0', 'false', 'An empty load that is kept weighs nothing.'],
    ['loads.delete(target)', ';', 'An empty load that is kept weighs nothing.'],
  ),
  ...inFile(
    'functions/delivery/target-queue.ts',
    [
      'head === events.length || head > MAX_TAKEN',
      'true',
      'How much of what was taken is kept costs memory and time alone.',
    ],
    ['head > MAX_TAKEN', 'false', 'How much of what was taken is kept costs memory and time alone.'],
    ['head > MAX_TAKEN', 'head >= MAX_TAKEN', 'How much of what was taken is kept costs memory and time alone.'],
    ['head > MAX_TAKEN', 'head <= MAX_TAKEN', 'How much of what was taken is kept costs memory and time alone.'],
  ),
  ...inFile(
    'functions/delivery/target-queues.ts',
    ['queue.isIdle()', 'false', 'An idle queue that is kept costs memory alone.'],
    ['false', 'true', 'Nothing has been taken yet that could be counted anew.'],
    ['queues.delete(queue.target)', ';', 'An idle queue that is kept costs memory alone.'],
    ['loads.leave(event)', ';', 'Of what is abandoned nothing is bounded any more.'],
  ),
  ...inFile(
    'functions/validator/cancel.ts',
    ['outcome?.next', 'outcome.next', 'What has ended has an outcome: only the types ask.'],
    ['outcome?.kind', 'outcome.kind', 'What has ended has an outcome: only the types ask.'],
    ['outcome?.reason', 'outcome.reason', 'What has ended has an outcome: only the types ask.'],
  ),
  ...inFile('functions/validator/doubt.ts', [
    'outcome?.next',
    'outcome.next',
    'What is cancelled has an outcome: only the types ask.',
  ]),
  ...inFile(
    'functions/validator/place-known.ts',
    ['standing.outcome?.kind', 'standing.outcome.kind', 'What has ended has an outcome: only the types ask.'],
    ['outcome?.kind', 'outcome.kind', 'What has ended has an outcome: only the types ask.'],
    ['standing.outcome?.next', 'standing.outcome.next', 'What is cancelled has an outcome: only the types ask.'],
    ['standing.event?.publication', 'standing.event.publication', 'What is pending is there: only the types ask.'],
  ),
  ...inFile(
    'functions/validator/clear-id.ts',
    ['outcome?.kind', 'outcome.kind', 'What has ended has an outcome: only the types ask.'],
    [
      'outcome.next !== undefined',
      'false',
      'What was moved cannot be stopped where it was: who tries is told that, too.',
    ],
    ['event !== undefined', 'true', 'What was moved had been there: only the types ask.'],
  ),
  ...inFile(
    'functions/validator/only-date.ts',
    [
      'clearing.order > orderOf(request.publication)',
      'clearing.order >= orderOf(request.publication)',
      'No two publishes stand at one place in the order.',
    ],
    ["states.filter(({ status }) => status === 'delivered')", 'states', 'What was not delivered has never gone out.'],
    ["status === 'delivered'", 'true', 'What was not delivered has never gone out.'],
  ),
  ...inFile('functions/validator/reschedule.ts', [
    'moved.latestAtMs !== undefined',
    'true',
    'NaN is less than nothing: only the types ask.',
  ]),
  ...inFile(
    'functions/validator/leasing.ts',
    ['clock.now() >= untilMs', 'clock.now() > untilMs', 'Pauses are of tens of milliseconds: nobody looks just then.'],
    ['[]', '["Stryker was here"]', 'Whoever has done its work holds the lease: only the types ask.'],
  ),
  ...inFile('functions/delivery/going-on.ts', [
    'head?.askedAgain',
    'head.askedAgain',
    'What is not there was not asked for again: only the types ask.',
  ]),
  ...inFile('functions/settler/deliver-unaccounted.ts', [
    'hasEnded(holds)',
    'true',
    'Of what has ended the end is there: only the types ask.',
  ]),
  ...inFile('functions/validator/park-all.ts', [
    '[]',
    '["Stryker was here"]',
    'What is no event stands in no place, and nobody asks what came of it.',
  ]),
  ...inFile('status/deliveries.ts', ['[]', '["Stryker was here"]', 'A cut behind every key cuts nothing.']),
  ...inFile('status/event-status.ts', [
    'before?.pointer?.publication',
    'before?.pointer.publication',
    'Whoever comes from another place was pointed here: only the types ask.',
  ]),
  ...inFile(
    'status/list-events.ts',
    ['after !== undefined', 'true', 'Nothing comes after undefined: only the types ask.'],
    ['after >= start', 'after > start', 'The key of an event is longer than what an instant begins with.'],
    ['from > to', 'from >= to', 'Where both are the same nothing is between them.'],
    ['one.ref.key < other.ref.key', 'one.ref.key <= other.ref.key', 'No two places have the same key.'],
  ),
  ...inFile('status/minutes.ts', [
    'hourMs < toMs',
    'hourMs <= toMs',
    'Of the hours from the end on none is read in any case.',
  ]),
  ...inFile(
    'status/slot-account.ts',
    ['[]', '["Stryker was here"]', 'A cut behind every key cuts nothing.'],
    ['segment.from < to', 'segment.from <= to', 'A window ends behind a key, where no segment begins.'],
    ['segment.to > from', 'segment.to >= from', 'A window begins behind a key, where no segment ends.'],
    ['() => false', '() => undefined', 'Neither is true.'],
  ),
  ...inFile(
    'functions/settler/deliver-overdue.ts',
    ['[]', '["Stryker was here"]', 'A cut behind every key cuts nothing.'],
    [
      'segments.find(({ to }) => key < to)?.index',
      'segments.find(({ to }) => key < to).index',
      'Segments cover every key: only the types ask.',
    ],
  ),
  ...inFile('core/zoned-instant.ts', ['{ return undefined }', '{}', 'A function that ends returns undefined.']),
  ...inFile('functions/loader/reopen.ts', [
    'i < ripe.length',
    'i <= ripe.length',
    'Behind the last slot there is none to look at.',
  ]),
  ...inFile(
    'functions/turns-per-topic.ts',
    ['topic.underWay === 0', 'false', 'An idle topic that is kept costs memory alone.'],
    ['topics.delete(name)', ';', 'An idle topic that is kept costs memory alone.'],
    ["'its turn'", '""', 'Nobody asks why the wait has ended.'],
  ),
  ...inFile('functions/notify.ts', ["'TARGET_UNAVAILABLE'", '""', 'Only its sentence is told.']),
  ...inFile('functions/delivery/release-loop.ts', ["'something changed'", '""', 'Nobody asks why the wait has ended.']),
  ...inFile('aws/events-table/events.ts', [
    'page !== undefined',
    'true',
    'A query has a page, be it empty: only the types ask.',
  ]),
  ...inFile('functions/emitter/segment-log.ts', ['a > b', 'a >= b', 'Of two that are equal, either is the higher.']),
  ...inFile('functions/emitter/segment-feed.ts', [
    '!first || !last',
    '!first && !last',
    'Where there is a first there is a last: only the types ask.',
  ]),
]
