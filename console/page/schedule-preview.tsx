import { useEffect, useState } from 'preact/hooks'
import { api, type Preview, READ_ONLY } from './api.ts'
import { sentenceOf, Text } from './parts.tsx'
import { type Fields, typedOf } from './schedule-fields.tsx'
import { absolute, duration, relative } from './settings.ts'

/** How long after a keystroke what is typed is looked at, ms. */
const TYPED_MS = 200

/** What the server says of what is typed, once the typing rests. */
export function usePreview(fields: Fields) {
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

/** What would become of what is typed. */
export function PreviewOf({
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
