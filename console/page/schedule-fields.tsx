import type { Typed } from './api.ts'
import { ZONES, zone } from './settings.ts'

/** Most events that are scheduled at once here. */
export const MOST = 1_000

/** What is typed, as it stands in the fields. */
export interface Fields {
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

/** What is to be scheduled, field by field. */
export function ScheduleFields({ fields, set }: { fields: Fields; set: (some: Partial<Fields>) => void }) {
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
        in 10 s, in 5 m, in 1 d; 2026-11-23T12:34:56.789, in the zone below, or with Z or an offset.
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

/** An event as the server takes it. */
export function typedOf({ date, zone: inZone, times, spread, ...texts }: Fields): Typed {
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
