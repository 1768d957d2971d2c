import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { sentenceOf } from './parts.tsx'

/** What a page shows of the server's, read anew while somebody looks. */
export interface KeptUp<Value> {
  value: Value | undefined
  /** Why it could not be read the last time. */
  error: string | undefined
  /** Reads it now. */
  read: () => Promise<void>
}

/** What could not be read is asked for again after this at the earliest. */
const AFTER_ERROR_MS = 3_000

/**
 * Reads a value when `key` changes, and again after a while, one read at a time: a slow server is not asked more often.
 * @param everyMs how long after an answer; 0 not at all
 */
export function useKeptUp<Value>(
  key: string,
  ask: () => Promise<Value>,
  everyMs: (value: Value | undefined) => number,
) {
  const [state, setState] = useState<{ key: string; value?: Value; error?: string }>({ key })
  const asked = useRef(0)
  const read = async () => {
    const mine = ++asked.current
    const answer = await ask().then(
      (value) => ({ value }),
      (fault) => ({ error: sentenceOf(fault) }),
    )
    // Another was asked for since: this one is old.
    if (mine === asked.current)
      setState((before) => ({ ...(before.key === key ? before : {}), error: undefined as never, key, ...answer }))
  }
  // At once: an effect would wait until what is there has been painted.
  useLayoutEffect(() => {
    void read()
  }, [key])
  useEffect(() => {
    const ms = Math.max(everyMs(state.value), state.error === undefined ? 0 : AFTER_ERROR_MS)
    if (ms === 0) return
    let timer: ReturnType<typeof setTimeout>
    const again = () => {
      timer = setTimeout(() => (document.hidden ? again() : void read()), ms)
    }
    again()
    return () => clearTimeout(timer)
  }, [state, key, everyMs(state.value)])
  const isThis = state.key === key
  return { value: isThis ? state.value : undefined, error: isThis ? state.error : undefined, read }
}
