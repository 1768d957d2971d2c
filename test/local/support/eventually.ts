import { setTimeout as sleep } from 'node:timers/promises'

/** Resolves with the first value that is not undefined or false; fails when there is none within two seconds. */
export async function eventually<Value>(look: () => Promise<Value | undefined | false> | Value | undefined | false) {
  for (let tries = 0; tries < 200; tries++) {
    const found = await look()
    if (found !== undefined && found !== false) return found
    await sleep(10)
  }
  throw new Error('it does not happen')
}
