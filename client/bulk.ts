import { SchedulerError } from '../core/errors.ts'
import { show } from '../core/show.ts'
import { CONCURRENCY } from './batch.ts'
import type { ListedEvent } from './event-list.ts'
import { type SendingParts, sendAll } from './send-all.ts'

export interface BulkOptions {
  /** Counts what matches, and changes nothing. Default: false. */
  dryRun?: boolean | undefined
  /**
   * Is told how far it has come: once what matches is counted, and after each event. What it returns is waited for: whoever
   * keeps `resume` each time can go on after a crash.
   */
  onProgress?: ((progress: BulkProgress) => unknown) | undefined
  /** Goes on where a run of the same filter was that told this. */
  resume?: string | undefined
  /** Requests under way at once, from 1. Default: 8. */
  concurrency?: number | undefined
  /** Ends the run; what was sent was sent. */
  signal?: AbortSignal | undefined
}

/** How far a run has come, events. */
export interface BulkProgress {
  /** How many match, of those that `resume` has left. */
  matched: number
  /** How many changes the input topic has taken. */
  sent: number
  refused: number
  /** From where another run goes on; undefined until there is something behind it. */
  resume: string | undefined
}

/** What became of a run. */
export interface BulkReport extends BulkProgress {
  /** Those that were refused, and why. */
  refusals: { event: BulkEvent; error: SchedulerError }[]
}

/** An event of a run: what names it. */
export type BulkEvent = Pick<ListedEvent, 'id' | 'dueAtMs'>

/** A change of many events. */
export interface BulkChange {
  /** All that match: each is changed once, though the change itself may bring it where it matches again. */
  matching: AsyncIterable<BulkEvent>
  /**
   * In which order they are changed. Those that move to a later date begin with the last, so that none comes to stand
   * before where a run goes on.
   */
  order: 'first to last' | 'last to first'
  parts: SendingParts<BulkEvent>
  /** What a run that goes on must know besides: it is kept in `resume`. */
  stamp?: string | undefined
}

/** Changes every event that matches, each once: they are all known before the first is changed. */
export async function changeAll(change: BulkChange, options: BulkOptions = {}): Promise<BulkReport> {
  const { dryRun, onProgress, resume, concurrency = CONCURRENCY, signal } = options
  const position = resume === undefined ? undefined : readResume(resume).position
  const events = after(position, await ordered(change), change.order)
  const report: BulkReport = { matched: events.length, sent: 0, refused: 0, resume, refusals: [] }
  if (dryRun) return report
  const tell = async () => {
    const { refusals: _, ...progress } = report
    await onProgress?.(progress)
  }
  const done = progressOver(events)
  const resumeAt = (reached: string | undefined) =>
    reached === undefined ? undefined : `${change.stamp === undefined ? '' : `${change.stamp}>`}${reached}`
  await tell()
  await sendAll(events, change.parts, {
    concurrency,
    signal,
    async onSent(sent) {
      if (sent.ok) report.sent++
      else report.refused++
      if (!sent.ok) report.refusals.push({ event: sent.item, error: sent.error })
      report.resume = resumeAt(done(sent.index)) ?? report.resume
      await tell()
    },
  })
  return report
}

/** @throws SchedulerError `FILTER_INVALID` for what no progress has told */
export function readResume(resume: string): { stamp: string | undefined; position: string } {
  const { stamp, position } = /^(?:(?<stamp>[^>]*)>)?(?<position>\d{15}#.+)$/.exec(resume)?.groups ?? {}
  if (position !== undefined) return { stamp, position }
  throw new SchedulerError('FILTER_INVALID', `resume is ${show(resume)}: give what the progress of the run told.`)
}

/** Where an event stands among all: by due, then by id. */
const positionOf = ({ dueAtMs, id }: BulkEvent) => `${String(dueAtMs).padStart(15, '0')}#${id}`

async function ordered({ matching, order }: BulkChange): Promise<BulkEvent[]> {
  const events = new Map<string, BulkEvent>()
  for await (const { id, dueAtMs } of matching) events.set(positionOf({ id, dueAtMs }), { id, dueAtMs })
  const positions = [...events.keys()].sort()
  if (order === 'last to first') positions.reverse()
  return positions.map((position) => events.get(position) as BulkEvent)
}

/** Those that a run has left that came as far as a position. */
function after(reached: string | undefined, events: BulkEvent[], order: BulkChange['order']): BulkEvent[] {
  if (reached === undefined) return events
  const isLeft = (position: string) => (order === 'first to last' ? position > reached : position < reached)
  return events.filter((event) => isLeft(positionOf(event)))
}

/** Notes each event that is done, and tells the position up to which all are. */
function progressOver(events: readonly BulkEvent[]): (index: number) => string | undefined {
  const done = new Set<number>()
  let upTo = 0
  return (index) => {
    done.add(index)
    while (done.delete(upTo)) upTo++
    const last = events[upTo - 1]
    return last && positionOf(last)
  }
}
