import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

/** A link inside the console. */
export function Link({
  to,
  children,
  current = false,
  title,
}: {
  to: string
  children: ComponentChildren
  current?: boolean
  title?: string
}) {
  return (
    <a
      href={`/console${to}`}
      title={title}
      aria-current={current ? 'page' : undefined}
      onClick={(event) => follow(event, to)}
    >
      {children}
    </a>
  )
}

/** Goes to a page of the console without loading it anew; a click that means another tab is the browser's. */
export function follow(event: MouseEvent, to: string): void {
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return
  event.preventDefault()
  go(to)
}

/** Goes to another page of the console. */
export function go(to: string): void {
  history.pushState(null, '', `/console${to}`)
  dispatchEvent(new PopStateEvent('popstate'))
  scrollTo(0, 0)
}

/** The address of an event's page. */
export function addressOf({ id, dueAtMs }: { id: string; dueAtMs: number }): string {
  return `/event?${new URLSearchParams({ id, date: String(dueAtMs) })}`
}

/** A status in words, with a mark beside the colour. */
export function StatusMark({ status }: { status: string }) {
  return <span class={`status ${status}`}>{status}</span>
}

/** What was refused. */
export function Problem({ error }: { error: string | undefined }) {
  return error === undefined ? null : (
    <p class="problem" role="alert">
      {error}
    </p>
  )
}

/** Asks before something is done. */
export function Ask({
  question,
  yes,
  onAnswer,
}: {
  question: string
  yes: string
  onAnswer: (wanted: boolean) => void
}) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog ref={dialog} aria-label={question} onClose={() => onAnswer(dialog.current?.returnValue === 'yes')}>
      <form method="dialog">
        <p>{question}</p>
        <div class="buttons">
          <button type="submit" value="no">
            Leave it
          </button>
          <button type="submit" value="yes" class="danger">
            {yes}
          </button>
        </div>
      </form>
    </dialog>
  )
}

export const sentenceOf = (fault: unknown) => (fault instanceof Error ? fault.message : String(fault))
