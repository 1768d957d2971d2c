import { useEffect, useState } from 'preact/hooks'
import { api, type Preview, READ_ONLY, type Scheduled, type Typed } from './api.ts'
import { addressOf, counted, Link, Problem, sentenceOf, Text } from './parts.tsx'
import { absolute, duration, relative, ZONES, zone } from './settings.ts'

/** Most events that are scheduled at once here. */
const MOST = 1_000

/** What is typed, as it stands in the fields. */
interface Fields {
  date: string
  zone: string
  payload: string
  target: string
  user: string
  id: string
  latest: string
  failure_topic: string
  times: string
  spread: string
}

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

/** How long after a keystroke what is typed is looked at, ms. */
const TYPED_MS = 200

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

/** An event as the server takes it. */
function typedOf({ date, zone: inZone, times, spread, ...texts }: Fields): Typed {
  const filled = Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== ''))
  const { payload, target } = texts
  return {
    ...filled,
    date: inZone === '' || !/^\d{4}-\d\d-\d\d/.test(date.trim()) ? date.trim() : `${date.trim()}[${inZone}]`,
    payload,
    target,
    times: Math.min(MOST, Math.max(1, Math.floor(Number(times)) || 1)),
    spreadMs: Math.max(0, Number(spread) || 0),
  }
}

/** What the server says of what is typed, once the typing rests. */
function usePreview(fields: Fields) {
  const [state, setState] = useState<{ preview?: Preview; problem?: string }>({})
  useEffect(() => {
    if (READ_ONLY || fields.target === '') return
    let isOld = false
    const timer = setTimeout(() => {
      api.preview(typedOf(fields)).then(
        (preview) => isOld || setState({ preview }),
        (fault) => isOld || setState({ problem: sentenceOf(fault) }),
      )
    }, TYPED_MS)
    return () => {
      isOld = true
      clearTimeout(timer)
    }
  }, [fields])
  return state
}

function ScheduleFields({ fields, set }: { fields: Fields; set: (some: Partial<Fields>) => void }) {
  const field = (name: keyof Fields, label: string, more: object = {}) => (
    <label>
      {label}
      <input
        name={name}
        value={fields[name]}
        onInput={({ currentTarget: { value } }) => set({ [name]: value })}
        {...more}
      />
    </label>
  )
  return (
    <>
      {field('date', 'Date', { required: true, 'aria-describedby': 'dates' })}
      <p id="dates" class="note">
        in 10 s, in 5 m, in 1 d; 2026-11-23T12:34:56.789, in the zone beside it or with Z or an offset.
      </p>
      <div class="side">
        <label>
          Pick one
          <input
            type="datetime-local"
            step=".001"
            onInput={({ currentTarget: { value } }) =>
              value && set({ date: value, zone: fields.zone || (ZONES.has(zone.value) ? zone.value : localZone()) })
            }
          />
        </label>
        <label>
          Zone
          <select value={fields.zone} onChange={({ currentTarget: { value } }) => set({ zone: value })}>
            <option value="">as written, else UTC</option>
            {[...ZONES].map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </select>
        </label>
      </div>
      <label>
        Payload
        <textarea
          name="payload"
          rows={4}
          value={fields.payload}
          onInput={({ currentTarget: { value } }) => set({ payload: value })}
        />
      </label>
      {field('target', 'Target', { required: true })}
      <div class="side">
        {field('user', 'User')}
        {field('id', 'Id', { placeholder: 'a new one' })}
      </div>
      <div class="side">
        {field('latest', 'Latest', { placeholder: 'none: late rather than never' })}
        {field('failure_topic', 'Failure topic', { placeholder: 'the stack’s own' })}
      </div>
      <div class="side">
        {field('times', 'Times', { type: 'number', min: 1, max: MOST })}
        {field('spread', 'Spread over, ms', { type: 'number', min: 0, max: 86_400_000 })}
      </div>
    </>
  )
}

const localZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone

/** What would become of what is typed. */
function PreviewOf({
  fields,
  preview,
  problem,
}: {
  fields: Fields
  preview?: Preview | undefined
  problem?: string | undefined
}) {
  const { times = 1, spreadMs = 0 } = typedOf(fields)
  const { dueAtMs, nowMs = 0 } = preview ?? {}
  return (
    <section aria-labelledby="preview" aria-live="polite">
      <h2 id="preview">What would be sent</h2>
      {problem !== undefined && (
        <p class="problem">
          <Text of={problem} />
        </p>
      )}
      {preview && dueAtMs !== undefined && (
        <dl class="details">
          <div>
            <dt>Due</dt>
            <dd>
              {absolute(dueAtMs)}, {dueAtMs < nowMs ? 'which has passed: at once' : relative(dueAtMs - nowMs)}
            </dd>
          </div>
          <div>
            <dt>In UTC</dt>
            <dd>{new Date(dueAtMs).toISOString()}</dd>
          </div>
          {times > 1 && (
            <div>
              <dt>Events</dt>
              <dd>
                {times}, {spreadMs === 0 ? 'all at once' : `one every ${duration(Math.round(spreadMs / (times - 1)))}`},
                the last due {absolute(dueAtMs + spreadMs)}
              </dd>
            </div>
          )}
          <div>
            <dt>Size of a message</dt>
            <dd>{preview.bytes.toLocaleString('en')} bytes, of 262,144 that SNS carries</dd>
          </div>
        </dl>
      )}
    </section>
  )
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
