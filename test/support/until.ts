/** How often it is looked, and how long is waited in between, ms. */
interface Patience {
  tries?: number
  everyMs?: number
}

/**
 * What a look finds, as soon as it finds something: what is published takes a moment to be taken in. A look that throws,
 * or answers false or undefined, has not found it yet.
 * @throws what the last look threw, or that nothing was found
 */
export async function until<T>(
  look: () => T | Promise<T>,
  patience: Patience = {},
): Promise<Exclude<T, false | undefined>> {
  const { tries = 300, everyMs = 50 } = patience
  let fault: unknown
  for (let i = 0; i < tries; i++) {
    try {
      const found = await look()
      if (found !== false && found !== undefined) return found as Exclude<T, false | undefined>
      fault = new Error(`Looked for ${tries} times, and it did not come to hold.`)
    } catch (error) {
      fault = error
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
  throw fault
}
