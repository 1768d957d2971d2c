/** One sequence of several that are each in the order of `keyOf`; reads one ahead of each. */
export async function* inOrder<T>(sources: readonly AsyncGenerator<T>[], keyOf: (one: T) => string): AsyncGenerator<T> {
  const [only] = sources
  if (only && sources.length === 1) return yield* only
  const read = async (source: AsyncGenerator<T>) => ({ source, result: await source.next() })
  let heads = await Promise.all(sources.map(read))
  while (true) {
    heads = heads.filter(({ result }) => !result.done)
    const [first, ...others] = heads.toSorted((one, other) =>
      keyOf(one.result.value as T) < keyOf(other.result.value as T) ? -1 : 1,
    )
    if (!first) return
    yield first.result.value as T
    heads = [await read(first.source), ...others]
  }
}
