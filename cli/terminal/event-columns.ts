import type { EventFacts } from '../../status/facts.ts'
import type { PrintFlags } from '../flags.ts'
import type { Column } from './table.ts'
import { showTime } from './times.ts'

type Shown = Pick<PrintFlags, 'time'> & { nowMs: number }

/** Events in a table. */
export function eventColumns(shown: Shown): Column<EventFacts>[] {
  return [
    { head: 'DUE', cell: ({ dueAtMs }) => showTime(dueAtMs, shown) },
    { head: 'ID', cell: ({ id }) => id },
    { head: 'STATUS', cell: ({ status }) => status },
    { head: 'LATE', cell: ({ lateMs }) => (lateMs === undefined ? '' : `${lateMs} ms`) },
    { head: 'USER', cell: ({ user }) => user },
    { head: 'TARGET', cell: ({ target }) => target?.split(':').at(-1) },
    { head: 'WHY', cell: ({ code, reason }) => [code, reason].filter(Boolean).join(': ') },
  ]
}

/** One event in lines. */
export function eventLines(facts: EventFacts & { payload?: string | undefined }, shown: Shown) {
  const at = (atMs: number | undefined) => showTime(atMs, shown)
  return [
    ['id', facts.id],
    ['status', facts.status],
    ['due', at(facts.dueAtMs)],
    ['accepted', at(facts.acceptedAtMs)],
    ['next try', at(facts.nextAtMs)],
    ['delivered', at(facts.deliveredAtMs)],
    ['late', facts.lateMs === undefined ? undefined : `${facts.lateMs} ms`],
    ['ended', at(facts.endedAtMs)],
    ['code', facts.code],
    ['reason', facts.reason],
    ['rescheduled to', at(facts.rescheduledToMs)],
    ['target', facts.target],
    ['user', facts.user],
    ['failure topic', facts.failureTopic],
    ['latest', facts.latest],
    ['lane', facts.lane],
    ['slot', facts.status === 'unknown' ? undefined : facts.slot],
    [
      'payload',
      facts.payload ?? (facts.size === undefined ? undefined : `${facts.size} characters (--payload shows it)`),
    ],
    ...facts.attempts.map(
      ({ attempt, atMs, code, error }) =>
        [`attempt ${attempt}`, [at(atMs), code, error].filter(Boolean).join('  ')] as const,
    ),
  ] as const
}
