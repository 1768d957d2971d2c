/**
 * Runs `work` on all items in order, `size` side by side. After a fault the group is finished and no other begun.
 * @returns how many items from the start are done, and the first fault
 */
export async function inGroups<T>(
  items: readonly T[],
  size: number,
  work: (item: T) => Promise<void>,
): Promise<{ done: number; fault?: unknown }> {
  for (let from = 0; from < items.length; from += size) {
    const results = await Promise.allSettled(items.slice(from, from + size).map(work))
    const failed = results.findIndex(({ status }) => status === 'rejected')
    if (failed >= 0) return { done: from + failed, fault: (results[failed] as PromiseRejectedResult).reason }
  }
  return { done: items.length }
}
