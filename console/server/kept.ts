import type { Clock } from '../../core/clock.ts'

/** So long after a reading began, whoever asks first, or after a while, is told what is known by then, ms. */
const FIRST_MS = 300

/** Reading rests so many times as long as it took: whoever looks costs the stack little, however much there is to read. */
const REST = 30

/** How a value is kept. */
export interface Keeping<Value> {
  /** Reads it; it may tell of a part of it before it is done, which counts where nothing is known yet. */
  read: (tell: (part: Value) => void) => Promise<Value>
  clock: Clock
  /** It is not read again sooner, ms. */
  everyMs: number
}

/**
 * A value that may take long to read. Whoever asks is told at once what is known, and behind it the value is read again;
 * where nobody has asked for a while, or something was changed, it is waited for a moment. Nothing is read unless
 * somebody asks.
 */
export function kept<Value>({ read, clock, everyMs }: Keeping<Value>) {
  let value: Value | undefined
  let isWhole = false
  let fault: unknown
  let againAtMs = Number.NEGATIVE_INFINITY
  let begunAtMs = Number.NEGATIVE_INFINITY
  let reading: Promise<void> | undefined

  const refresh = async () => {
    begunAtMs = clock.now()
    try {
      value = await read((part) => {
        if (!isWhole) value = part
      })
      isWhole = true
      fault = undefined
    } catch (error) {
      fault = error
    }
    const endedAtMs = clock.now()
    againAtMs = endedAtMs + Math.max(everyMs, REST * (endedAtMs - begunAtMs))
    reading = undefined
  }
  return {
    /** What is known; undefined if nothing is yet. @throws what reading threw, until it is read again */
    async get(): Promise<{ value: Value | undefined; isWhole: boolean }> {
      if (!reading && clock.now() >= againAtMs) reading = refresh()
      const isOld = !isWhole || clock.now() > againAtMs + everyMs
      if (isOld && reading) {
        const answered = new AbortController()
        await Promise.race([reading, clock.sleep(begunAtMs + FIRST_MS - clock.now(), answered.signal)])
        answered.abort()
      }
      if (fault !== undefined) throw fault
      return { value, isWhole }
    },
    /** It is read again when it is asked for next: something was changed. */
    expire(): void {
      againAtMs = Number.NEGATIVE_INFINITY
    },
  }
}
