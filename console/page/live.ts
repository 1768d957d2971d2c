import { signal } from '@preact/signals'
import type { Tailed } from '../../client/tailed.ts'

/** What happened last, the latest first. */
export const happened = signal<readonly Tailed[]>([])
/** Whether the server is heard. */
export const heard = signal(false)

/** How much is kept of what happened. */
const KEPT = 300

let source: EventSource | undefined

/** Listens while the page is looked at; the browser itself reconnects, and says what it has seen. */
function listen(): void {
  if (document.hidden) {
    source?.close()
    source = undefined
    return
  }
  if (source) return
  source = new EventSource('/console/api/live')
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
  source.onmessage = ({ data }) => {
    const news: Tailed[] = JSON.parse(data)
    happened.value = [...news.toReversed(), ...happened.value].slice(0, KEPT)
  }
}

/** Begins to listen, and stops while nobody looks. */
export function startListening(): void {
  document.addEventListener('visibilitychange', listen)
  listen()
}
