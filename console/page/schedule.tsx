import { useEffect, useState } from 'preact/hooks'
import { api, READ_ONLY, type Scheduled } from './api.ts'
import { addressOf, counted, Link, Problem, sentenceOf } from './parts.tsx'
import { type Fields, ScheduleFields, typedOf } from './schedule-fields.tsx'
import { PreviewOf, usePreview } from './schedule-preview.tsx'

const EMPTY: Fields = {
  date: 'in 10 s',
  zone: '',
  payload: 'hello',
  target: '',
  user: 'console',
  id: '',
  latest: '',
  failure_topic: '',
  times: '1',
  spread: '1000',
}

/** Schedules an event, or many spread over a time; says as one types what would become of it. */
export function SchedulePage({ search }: { search: string }) {
  const [fields, setFields] = useState(EMPTY)
  const [error, setError] = useState<string>()
  const [scheduled, setScheduled] = useState<Scheduled>()
  const [isBusy, setBusy] = useState(false)
  const set = (some: Partial<Fields>) => setFields((before) => ({ ...before, ...some }))
  useEffect(() => {
    void begin(search).then(set, (fault) => setError(sentenceOf(fault)))
  }, [search])
  const { preview, problem } = usePreview(fields)
  if (READ_ONLY) return <p class="note">This console is read-only.</p>
  const submit = async (event: Event) => {
    event.preventDefault()
    setBusy(true)
    try {
      setScheduled(await api.schedule(typedOf(fields)))
      setError(undefined)
    } catch (fault) {
      setError(sentenceOf(fault))
      setScheduled(undefined)
    }
    setBusy(false)
  }
  return (
    <>
      <h1>Schedule</h1>
      <div class="columns">
        <form class="schedule" onSubmit={submit}>
          <ScheduleFields fields={fields} set={set} />
          <button type="submit" disabled={isBusy}>
            {isBusy ? 'Sending …' : 'Schedule'}
          </button>
          <Problem error={error === problem ? undefined : error} />
          <div role="status">{scheduled && <Receipt scheduled={scheduled} />}</div>
        </form>
        <PreviewOf fields={fields} preview={preview} problem={problem} />
      </div>
    </>
  )
}

/** The stack's own target, and of a copy what the event had. */
async function begin(search: string): Promise<Partial<Fields>> {
  const query = new URLSearchParams(search)
  const copied = query.get('copy')
  if (copied === null) return { target: (await api.stack()).outputTopicArn }
  const { target = '', user = '', payload = '', failureTopic = '' } = await api.event(copied, query.get('date') ?? '')
  return { target, user, payload, failure_topic: failureTopic }
}

function Receipt({ scheduled: { scheduled, refused, error, id, dueAtMs } }: { scheduled: Scheduled }) {
  return (
    <>
      {scheduled > 0 && (
        <p class="said">
          {scheduled === 1 ? 'Scheduled: ' : `${counted(scheduled, 'event')} scheduled, the first of them `}
          <Link to={addressOf({ id, dueAtMs })}>{id}</Link>
        </p>
      )}
      {refused > 0 && <Problem error={`${refused} refused: ${error}`} />}
    </>
  )
}
