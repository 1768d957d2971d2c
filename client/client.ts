import type { EventFacts, SlotFacts, SlotStats } from '../status/facts.ts'
import type { BatchOptions, BatchReport } from './batch.ts'
import type { BulkOptions, BulkReport } from './bulk.ts'
import type { BulkFilter, EventFilter, ListedEvent, ListFilter } from './event-list.ts'
import type { Cancellation, EventName, EventToSchedule, Preview, Receipt, Rescheduling } from './messages.ts'
import type { Shift } from './shift.ts'
import type { Stack } from './stack.ts'
import type { TailOptions } from './tail.ts'
import type { Tailed } from './tailed.ts'
import type { When } from './when.ts'

/**
 * A client of one scheduler. Everything that is sent is first checked by the schema that the scheduler itself uses.
 * Every method throws a `SchedulerError`, whose `code` says what is wrong and whose sentence says what to do.
 */
export interface Client {
  /**
   * Schedules an event. That the promise resolves means that the input topic has it: from then on it is delivered, or
   * its failure topic is told why not.
   * @throws SchedulerError with a rejection's code if the event is not as it should be; nothing is sent then
   */
  schedule(event: EventToSchedule): Promise<Receipt>

  /**
   * What would be sent of an event, checked as `schedule` checks it; nothing is sent.
   * @throws SchedulerError with a rejection's code if the event is not as it should be
   */
  preview(event: EventToSchedule): Promise<Preview>

  /**
   * Schedules any number of events, ten in a request. One that is refused does not keep the others. Entries that AWS
   * refuses for a reason that passes are sent again.
   * @param events a list, or anything that yields them; it is read no faster than they are sent
   * @returns what became of each
   */
  scheduleBatch(
    events: Iterable<EventToSchedule> | AsyncIterable<EventToSchedule>,
    options?: BatchOptions,
  ): Promise<BatchReport>

  /** Cancels an event; by its id alone, all that are pending under that id. Too late is 3.5 s before it is due. */
  cancel(event: string | Cancellation): Promise<Receipt>

  /** Moves an event to another date, or gives it another payload or target. By id alone, if one only is pending. */
  reschedule(change: Rescheduling): Promise<Receipt>

  /**
   * What is known of an event: its status, when it is due, its attempts, how late it was, where it went on.
   * @param event its id alone, if a client has given it, or with its date; by id alone the one that is due next, or else the
   *   last that was published
   * @param options `payload`: whether to read the payload, too, which may be large; default false
   */
  get(event: EventName, options?: { payload?: boolean }): Promise<EventFacts & { payload?: string | undefined }>

  /**
   * The events that match, by the instant they are due. Only the minutes between `from` and `to` are read. Each carries
   * a `cursor`, from which another list goes on.
   */
  list(filter?: ListFilter): AsyncIterable<ListedEvent>

  /** The events that are due next, at most `count` of them. It looks 31 days ahead, unless the filter says `to`. */
  next(count: number, filter?: Omit<EventFilter, 'status'>): Promise<ListedEvent[]>

  /**
   * Cancels every pending event that matches, each once. With `dryRun` it only counts them. What was cut off goes on with
   * the `resume` of its last progress.
   */
  cancelAll(filter: BulkFilter, options?: BulkOptions): Promise<BulkReport>

  /** Moves every pending event that matches, each once: to a date, or by a while. As `cancelAll`. */
  rescheduleAll(filter: BulkFilter, shift: Shift, options?: BulkOptions): Promise<BulkReport>

  /** Has every failed or expired event that matches delivered after all, each once. As `cancelAll`. */
  redriveAll(filter: BulkFilter, options?: BulkOptions): Promise<BulkReport>

  /** Has an event delivered after all that has failed or expired: publishes it again, as it was. */
  redrive(event: EventName): Promise<Receipt>

  /**
   * What the scheduler delivers and what it gives notice of, as it happens, over a queue of its own, which is removed when
   * the iteration ends. Needs the package `@aws-sdk/client-sqs`.
   */
  tail(options?: TailOptions): AsyncIterable<Tailed>

  /**
   * The slots of a span in numbers: how many events wait in them, what became of them, and how late they were.
   * @param span default: from an hour ago on, for two hours
   */
  stats(span?: { from?: When; to?: When }): AsyncIterable<SlotStats>

  /**
   * One slot in detail: where its runner stands, how far the emitters of its segments have come, and what became of its
   * events, by the facts in the table. Reads all its checkpoints.
   * @param slot its name, such as `2026-11-23T12-34Z-00`
   * @throws SchedulerError `FILTER_INVALID` for what is no name of a slot
   */
  slot(slot: string): Promise<SlotFacts>

  /** The stack's names and ARNs. @throws SchedulerError `STACK_INVALID`, `TABLE_NOT_FOUND` if it cannot be found */
  stack(): Promise<Stack>

  /** Closes the connections that the client has opened. */
  close(): void
}
