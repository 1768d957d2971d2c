/** What is made of each item, in order, while up to `atOnce` are being made. */
export async function* readAhead<Item, Made>(
  items: Iterable<Item> | AsyncIterable<Item>,
  atOnce: number,
  make: (item: Item) => Promise<Made>,
): AsyncGenerator<Made, void> {
  const underWay: Promise<Made>[] = []
  for await (const item of items) {
    const making = make(item)
    // One that fails is told of when it is its turn.
    making.catch(() => {})
    underWay.push(making)
    if (underWay.length >= atOnce) yield await (underWay.shift() as Promise<Made>)
  }
  for (const making of underWay) yield await making
}
