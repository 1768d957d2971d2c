import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { LatenessSummary } from '../../core/lateness.ts'
import { absolute, relative, now as serverNow, shortTime, showTime, zone } from './settings.ts'
import { visible } from './visible.ts'

/** A link inside the console. */
export function Link(props: { to: string; children: ComponentChildren; current?: boolean; title?: string }) {
  const { to, children, current = false, title } = props
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

/** Goes to another page of the console, the keyboard with it: Tab goes on from the page's beginning. */
export function go(to: string): void {
  const { pathname } = location
  history.pushState(null, '', `/console${to}`)
  dispatchEvent(new PopStateEvent('popstate'))
  if (location.pathname !== pathname) document.getElementById('main')?.focus()
  scrollTo(0, 0)
}

/** The address of an event's page. */
export function addressOf({ id, dueAtMs }: { id: string; dueAtMs: number }): string {
  return `/event?${new URLSearchParams({ id, date: String(dueAtMs) })}`
}

/** The address of a slot's page. */
export function addressOfSlot(name: string): string {
  return `/slot?${new URLSearchParams({ name })}`
}

/** An instant as it is to be shown, of today without its date if it is short; on hover in the other way and in UTC. */
export function Time({ at, isShort = false }: { at: number | undefined; isShort?: boolean }) {
  if (at === undefined) return null
  const iso = new Date(at).toISOString()
  const other = zone.value === 'relative' ? absolute(at) : relative(at - serverNow.value)
  return (
    <time dateTime={iso} title={`${other}; UTC ${iso}`}>
      {isShort ? shortTime(at) : showTime(at)}
    </time>
  )
}

/** A text of somebody else's: nothing in it turns or hides what stands beside it. */
export function Text({ of }: { of: string | undefined }) {
  return of === undefined ? null : <bdi>{visible(of)}</bdi>
}

/** What may be wider than the window: it scrolls by itself, by keyboard, too. */
export function Scroll({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section class="scroll" tabIndex={0} aria-label={label}>
      {children}
    </section>
  )
}

/** The heads of a table's columns. */
export function Heads({ of }: { of: readonly string[] }) {
  return (
    <>
      {of.map((name) => (
        <th key={name} scope="col">
          {name}
        </th>
      ))}
    </>
  )
}

/** How late, in ms: few of them say little, and are faint. */
export function LatenessFigures({ of, isFew = false }: { of: LatenessSummary; isFew?: boolean }) {
  return (
    <dl class={isFew ? 'figures few' : 'figures'}>
      {Object.entries(of).map(([name, ms]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{ms} ms</dd>
        </div>
      ))}
    </dl>
  )
}

/** A status in words, with a mark beside the colour. */
export function StatusMark({ status }: { status: string }) {
  return <span class={`status ${status}`}>{status}</span>
}

/** What was refused. */
export function Problem({ error }: { error: string | undefined }) {
  return error === undefined ? null : (
    <p class="problem" role="alert">
      <Text of={error} />
    </p>
  )
}

/** Asks before something is done. */
export function Ask(props: {
  question: string
  yes: string
  /** Whether it can be done. Default: true. */
  can?: boolean
  children?: ComponentChildren
  onAnswer: (wanted: boolean) => void
}) {
  const { question, yes, can = true, children, onAnswer } = props
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog ref={dialog} aria-label={question} onClose={() => onAnswer(dialog.current?.returnValue === 'yes')}>
      <form method="dialog">
        <h2>{question}</h2>
        {children}
        <div class="buttons">
          <button type="submit" value="no" formNoValidate>
            Leave it
          </button>
          <button type="submit" value="yes" class="danger" disabled={!can}>
            {yes}
          </button>
        </div>
      </form>
    </dialog>
  )
}

export const sentenceOf = (fault: unknown) => (fault instanceof Error ? fault.message : String(fault))

/** `1 event`, `2 events`. */
export const counted = (count: number, what: string) => `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`
