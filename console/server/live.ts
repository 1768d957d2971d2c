import type { Client } from '../../client/client.ts'
import type { Tailed, TailedDelivery, TailedNotice } from '../../client/tailed.ts'
import type { Clock } from '../../core/clock.ts'
import { addAllLateness, addLateness, type Lateness } from '../../core/lateness.ts'

/** Time of one happening: at most four a second. */
const EVERY_MS = 250

/** Where so much happens that nobody can read it as it passes, more than is told one by one: once a second. */
const MANY_EVERY_MS = 1_000

/** Nothing has happened for so long: both ends say that they are there. */
const BEAT_MS = 15_000

/** What happened this long ago is forgotten. */
const KEPT_MS = 5 * 60_000

/** Whoever comes later is told of it in pieces of this length. */
const PIECE_MS = 10_000

/** Deliveries and notices that are told one by one; of the others only how many, and how late. */
export const TOLD = 12

/** One delivery or notice, without what it carried. */
export type Told =
  | Pick<TailedDelivery, 'kind' | 'id' | 'dueAtMs' | 'attempt' | 'takenAtMs' | 'latenessMs'>
  | Pick<TailedNotice, 'kind' | 'id' | 'code' | 'error' | 'takenAtMs'>

/** What happened in a quarter of a second, or in more. */
export interface Happening {
  /** When it was told, epoch ms. */
  atMs: number
  delivered: number
  noticed: number
  /** Of the deliveries: ms → count. */
  lateness: Lateness
  /** The last of them, in order. */
  last: Told[]
}

/** Happenings without what may quote a payload: the sentences about one, or about a whole message. */
export function withoutPayloads(happenings: readonly Happening[]): Happening[] {
  const hidden = (one: Told) =>
    one.kind === 'notice' && /^(PAYLOAD|MESSAGE)_/.test(one.code) ? { ...one, error: '' } : one
  return happenings.map(({ last, ...rest }) => ({ ...rest, last: last.map(hidden) }))
}

/** What is told at once, and the number from which another listening goes on. */
export interface News {
  id: string
  happenings: Happening[]
}

/** What a listener has heard. */
export interface Heard {
  /** The `id` of the last news. */
  lastId?: string | undefined
  signal: AbortSignal
}

/**
 * What is delivered and given notice of, for any number of pages: listened to only while somebody looks, over one queue.
 * @param run tells this process from the one before, whose numbers mean nothing here
 */
export function liveFeed(client: Pick<Client, 'tail'>, clock: Clock, run: string) {
  let kept: { number: number; happening: Happening }[] = []
  let count = 0
  let open: Happening | undefined
  const listeners = new Set<() => void>()
  let listening: AbortController | undefined

  const close = async () => {
    await clock.sleep(EVERY_MS)
    if (open && open.delivered + open.noticed > TOLD) await clock.sleep(MANY_EVERY_MS - EVERY_MS)
    if (!open) return
    const atMs = clock.now()
    kept = kept.filter(({ happening }) => happening.atMs > atMs - KEPT_MS)
    kept.push({ number: ++count, happening: { ...open, atMs } })
    open = undefined
    for (const wake of listeners) wake()
  }
  const listen = async (signal: AbortSignal) => {
    for await (const one of client.tail({ signal })) {
      if (!open) void close()
      open = added(open, one)
    }
  }
  const begin = () => {
    if (listening) return
    const now = new AbortController()
    listening = now
    // A stack that stops, or denies it: whoever looks tries again, once a second.
    void listen(now.signal)
      .catch(() => {})
      .then(() => clock.sleep(1_000, now.signal))
      .then(() => {
        if (listening === now) listening = undefined
        for (const wake of listeners) wake()
      })
  }
  const stop = () => {
    listening?.abort()
    listening = undefined
  }
  /** What came after the news of that id: all that is kept, if it is not of this process. */
  const numberOf = (id: string | undefined) => (id?.startsWith(`${run}-`) ? Number(id.slice(run.length + 1)) || 0 : 0)
  return {
    /** What has happened of late, and then what happens, at most four times a second; empty where nothing has for a while. */
    async *updates({ lastId, signal }: Heard): AsyncGenerator<News> {
      let seen = numberOf(lastId)
      let [isWoken, wake] = [false, () => {}]
      const woken = () => {
        isWoken = true
        wake()
      }
      listeners.add(woken)
      signal.addEventListener('abort', woken)
      try {
        while (!signal.aborted) {
          begin()
          isWoken = false
          const news = kept.filter(({ number }) => number > seen)
          seen = count
          yield { id: `${run}-${seen}`, happenings: inPieces(news.map(({ happening }) => happening)) }
          if (isWoken || signal.aborted) continue
          const beat = new AbortController()
          await Promise.race([
            new Promise<void>((resolve) => {
              wake = resolve
            }),
            clock.sleep(BEAT_MS, beat.signal),
          ])
          beat.abort()
        }
      } finally {
        signal.removeEventListener('abort', woken)
        listeners.delete(woken)
        if (listeners.size === 0) stop()
      }
    },
    /** Ends listening. */
    stop,
  }
}

function added(happening: Happening | undefined, one: Tailed): Happening {
  const { atMs = 0, delivered = 0, noticed = 0, lateness = {}, last = [] } = happening ?? {}
  const all = { atMs, delivered, noticed, lateness, last: [...last, toldOf(one)].slice(-TOLD) }
  if (one.kind === 'notice') return { ...all, noticed: noticed + 1 }
  addLateness(lateness, one.latenessMs)
  return { ...all, delivered: delivered + 1 }
}

function toldOf(one: Tailed): Told {
  const { kind, id, takenAtMs } = one
  if (one.kind === 'notice') return { kind: one.kind, id, takenAtMs, code: one.code, error: one.error }
  const { dueAtMs, attempt, latenessMs } = one
  return { kind: kind as 'delivery', id: one.id, takenAtMs, dueAtMs, attempt, latenessMs }
}

/** Happenings of the same ten seconds as one, and one by one only the last of all. */
function inPieces(happenings: readonly Happening[]): Happening[] {
  const pieces = [...Map.groupBy(happenings, ({ atMs }) => Math.floor(atMs / PIECE_MS)).values()].map(together)
  let left = TOLD
  return pieces
    .toReversed()
    .map((piece) => {
      const last = left > 0 ? piece.last.slice(-left) : []
      left -= last.length
      return { ...piece, last }
    })
    .toReversed()
}

function together(happenings: readonly Happening[]): Happening {
  const [first, ...others] = happenings as [Happening, ...Happening[]]
  return others.reduce(
    (sum, { atMs, delivered, noticed, lateness, last }) => {
      addAllLateness(sum.lateness, lateness)
      return {
        atMs,
        delivered: sum.delivered + delivered,
        noticed: sum.noticed + noticed,
        lateness: sum.lateness,
        last: [...sum.last, ...last].slice(-TOLD),
      }
    },
    { ...first, lateness: { ...first.lateness } },
  )
}
