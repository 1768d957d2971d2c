import { computed, signal } from '@preact/signals'
import { addAllLateness, type Lateness } from '../../core/lateness.ts'
import type { Happening, Told } from '../server/live.ts'
import type { Piece } from './quantiles.ts'

/** What happened last, the latest first. */
export const happened = signal<readonly Told[]>([])
/** Whether anything has happened. */
export const hasHappened = computed(() => happened.value.length > 0)
/** Whether the server is heard. */
export const heard = signal(false)
/** Deliveries of the last minutes: how late, by the ten seconds in which they were made; told once a second, as it is drawn. */
export const lately = signal<readonly Piece[]>([])

/** How much is kept, whatever happens: the memory of the page does not grow. */
const KEPT = 50
const PIECE_MS = 10_000
const KEPT_MS = 5 * 60_000

/** Five minutes of lateness are summed up and drawn this often at most, ms. */
const DRAWN_EVERY_MS = 1_000

/** What is drawn next, by when its ten seconds began, epoch ms. */
const pieces = new Map<number, Lateness>()
let isToldSoon = false

let source: EventSource | undefined
/** The last news: a listening that begins anew goes on from there. */
let lastId = ''

/** Listens while the page is looked at; the browser itself reconnects, and says what it has seen. */
function listen(): void {
  if (document.hidden) {
    source?.close()
    source = undefined
    return
  }
  if (source) return
  source = new EventSource(`/console/api/live${lastId === '' ? '' : `?after=${encodeURIComponent(lastId)}`}`)
  source.onopen = () => {
    heard.value = true
  }
  source.onerror = () => {
    heard.value = false
    // A server that is gone for a while: the browser gives up on some answers.
    if (source?.readyState === EventSource.CLOSED) {
      source = undefined
      setTimeout(listen, 1_000)
    }
  }
  source.onmessage = ({ data, lastEventId }) => {
    lastId = lastEventId
    take(JSON.parse(data))
  }
}

function take(news: readonly Happening[]): void {
  const latest = news.at(-1)
  if (!latest) return
  const told = news.flatMap(({ last }) => last).toReversed()
  if (told.length > 0) happened.value = [...told, ...happened.value].slice(0, KEPT)
  for (const { atMs, lateness } of news) {
    const startMs = Math.floor(atMs / PIECE_MS) * PIECE_MS
    const sum = pieces.get(startMs) ?? {}
    addAllLateness(sum, lateness)
    pieces.set(startMs, sum)
  }
  for (const startMs of pieces.keys()) if (startMs <= latest.atMs - KEPT_MS) pieces.delete(startMs)
  if (isToldSoon) return
  isToldSoon = true
  setTimeout(tellLately, lately.value.length === 0 ? 0 : DRAWN_EVERY_MS)
}

function tellLately(): void {
  isToldSoon = false
  lately.value = [...pieces].map(([startMs, lateness]) => ({ startMs, lateness }))
}

/** Begins to listen, and stops while nobody looks. */
export function startListening(): void {
  document.addEventListener('visibilitychange', listen)
  listen()
}
