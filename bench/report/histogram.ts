/** Buckets of equal width on a logarithmic axis. */
const PER_DECADE = 8

/** Edges of buckets from `least` to beyond `most`, ascending; whole ms do not fall between two that are closer. */
export function bucketEdges(least: number, most: number): number[] {
  const edges = [least, 1]
  for (let step = 1; (edges.at(-1) as number) <= most; step++) {
    const edge = Math.ceil(10 ** (step / PER_DECADE))
    if (edge > (edges.at(-1) as number)) edges.push(edge)
  }
  return edges
}

/** How many values are in each bucket; what is below the first edge is in the first one. @param sorted ascending */
export function countPerBucket(sorted: ArrayLike<number>, edges: readonly number[]): number[] {
  const counts = edges.slice(1).map(() => 0)
  let bucket = 0
  for (let i = 0; i < sorted.length; i++) {
    const value = sorted[i] as number
    while (bucket < counts.length - 1 && value >= (edges[bucket + 1] as number)) bucket++
    counts[bucket] = (counts[bucket] ?? 0) + 1
  }
  return counts
}
