import { useEffect, useState } from 'preact/hooks'
import type { Receipt } from '../../client/messages.ts'
import { api, READ_ONLY } from './api.ts'
import { addressOf, Link, Problem, sentenceOf } from './parts.tsx'

/** Most events that are scheduled at once here. */
const MOST = 1_000

/** Schedules an event, or many spread over a time. */
export function SchedulePage({ search }: { search: string }) {
  const query = new URLSearchParams(search)
  const [target, setTarget] = useState(query.get('target') ?? '')
  const [error, setError] = useState<string>()
  const [receipts, setReceipts] = useState<Receipt[]>([])
  const [busy, setBusy] = useState(false)
  useEffect(() => {
    if (target === '')
      void api.stack().then(
        ({ outputTopicArn }) => setTarget(outputTopicArn),
        () => {},
      )
  }, [target])
  if (READ_ONLY) return <p class="note">This console is read-only.</p>
  const submit = async (event: Event) => {
    event.preventDefault()
    const data = new FormData(event.currentTarget as HTMLFormElement)
    const text = (name: string) => String(data.get(name) ?? '')
    const optional = (name: string) => text(name).trim() || undefined
    const times = Math.min(MOST, Math.max(1, Number(text('times')) || 1))
    const spreadMs = Number(text('spread')) || 0
    setBusy(true)
    setError(undefined)
    try {
      const all: Receipt[] = []
      for (let i = 0; i < times; i++) {
        const id = optional('id')
        const again = times > 1 && id ? `${id}-${i + 1}` : id
        const date = spreadOver(text('date').trim(), times > 1 ? (i * spreadMs) / (times - 1) : 0)
        all.push(
          await api.schedule({
            date,
            target,
            payload: text('payload'),
            user: optional('user'),
            id: again,
            latest: optional('latest'),
          }),
        )
      }
      setReceipts(all)
    } catch (fault) {
      setError(sentenceOf(fault))
    }
    setBusy(false)
  }
  return (
    <>
      <h1>Schedule</h1>
      <form class="schedule" onSubmit={submit}>
        <label>
          Date
          <input name="date" required defaultValue="in 10s" aria-describedby="dates" />
        </label>
        <p id="dates" class="note">
          In 10s, 5m, 1d; 2026-11-23T12:34:56.789Z; or local time with its zone, 2027-03-28T02:30[Europe/Berlin].
        </p>
        <label>
          Payload
          <textarea name="payload" rows={4} required defaultValue={query.get('payload') ?? 'hello'} />
        </label>
        <label>
          Target
          <input
            name="target"
            required
            value={target}
            onInput={({ currentTarget }) => setTarget(currentTarget.value)}
          />
        </label>
        <label>
          User
          <input name="user" required defaultValue={query.get('user') || 'console'} />
        </label>
        <label>
          Id <input name="id" placeholder="a new one" />
        </label>
        <label>
          Latest <input name="latest" placeholder="none" />
        </label>
        <label>
          Times <input name="times" type="number" min={1} max={MOST} defaultValue="1" />
        </label>
        <label>
          Spread over, ms <input name="spread" type="number" min={0} defaultValue="1000" />
        </label>
        <button type="submit" disabled={busy}>
          {busy ? 'Sending …' : 'Schedule'}
        </button>
      </form>
      <Problem error={error} />
      <div role="status">
        {receipts.length > 0 && (
          <p class="said">
            {receipts.length === 1 ? 'Scheduled: ' : `${receipts.length} scheduled, the first of them `}
            <Link to={addressOf({ id: receipts[0]?.id ?? '', dueAtMs: receipts[0]?.dueAtMs ?? 0 })}>
              {receipts[0]?.id}
            </Link>
          </p>
        )}
      </div>
    </>
  )
}

/** The date, later by some milliseconds, where it counts from now. */
function spreadOver(date: string, afterMs: number): string {
  const { duration } = /^in\s*:?\s*(?<duration>.+)$/.exec(date)?.groups ?? {}
  return duration === undefined || afterMs === 0 ? date : `in ${duration}${Math.round(afterMs)}ms`
}
