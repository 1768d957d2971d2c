import * as z from 'zod'
import { SchedulerError } from '../../core/errors.ts'
import type { Item } from './items.ts'
import type { ReadableTable, Unreadable } from './table.ts'

/** What can be read of items. What cannot concerns itself alone: it is told of, and left out. */
export function readEach<T>(
  { unreadable = () => {} }: Pick<ReadableTable, 'unreadable'>,
  items: readonly Item[],
  read: (item: Item) => T,
): T[] {
  return items.flatMap((item) => {
    const it = tryToRead(item, read)
    if (it.ok) return [it.value]
    unreadable(it.unreadable)
    return []
  })
}

/** An item, or why it cannot be read. */
export function tryToRead<T>(
  item: Item,
  read: (item: Item) => T,
): { ok: true; value: T } | { ok: false; unreadable: Unreadable } {
  try {
    return { ok: true, value: read(item) }
  } catch (fault) {
    if (!(fault instanceof SchedulerError && fault.code === 'ITEM_UNREADABLE')) throw fault
    return { ok: false, unreadable: { pk: String(item.pk), sk: String(item.sk), why: fault.message } }
  }
}

/** An item as its schema describes it. @throws SchedulerError `ITEM_UNREADABLE` */
export function readItem<Schema extends z.ZodType>(schema: Schema, item: Item): z.infer<Schema> {
  const result = schema.safeParse(item)
  if (result.success) return result.data
  throw new SchedulerError(
    'ITEM_UNREADABLE',
    `Item ${item.pk} ${item.sk} is not what the scheduler writes. Mend or delete it: ${z.prettifyError(result.error)}`,
    { cause: result.error },
  )
}
