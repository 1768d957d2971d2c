import { render } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { EventPage } from './event.tsx'
import { EventsPage } from './events.tsx'
import { FrontPage } from './front.tsx'
import { heard, startListening } from './live.ts'
import { go, Link } from './parts.tsx'
import { SchedulePage } from './schedule.tsx'
import { theme, ZONES, zone } from './settings.ts'
import { SlotPage } from './slot.tsx'
import './style.css'

const PLACES = [
  ['', 'Front', 'f'],
  ['/events', 'Events', 'e'],
  ['/schedule', 'Schedule', 's'],
] as const

const TIMES = ['local', 'relative', 'UTC', ...[...ZONES].filter((one) => one !== 'UTC')]

function Console() {
  const [{ path, search }, setAddress] = useState(address)
  const [help, setHelp] = useState(false)
  useEffect(() => {
    const moved = () => setAddress(address())
    addEventListener('popstate', moved)
    return () => removeEventListener('popstate', moved)
  }, [])
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const { target, key } = event
      if (target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) return
      if (event.ctrlKey || event.metaKey || event.altKey) return
      if (key === '?') setHelp((shown) => !shown)
      const place = PLACES.find(([, , letter]) => letter === key)
      if (place) go(place[0])
    }
    addEventListener('keydown', pressed)
    return () => removeEventListener('keydown', pressed)
  }, [])
  return (
    <>
      <a class="skip" href="#main">
        To the content
      </a>
      <header>
        <strong>aws-scheduler</strong>
        <nav aria-label="Pages">
          {PLACES.map(([to, name]) => (
            <Link key={to} to={to} current={path === to}>
              {name}
            </Link>
          ))}
        </nav>
        <span class={heard.value ? 'live on' : 'live off'}>{heard.value ? 'live' : 'not connected'}</span>
        <label>
          Times{' '}
          <select value={zone.value} onChange={({ currentTarget }) => (zone.value = currentTarget.value)}>
            {TIMES.map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </select>
        </label>
        <label>
          Colours{' '}
          <select value={theme.value} onChange={({ currentTarget }) => (theme.value = currentTarget.value)}>
            {['system', 'light', 'dark'].map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </select>
        </label>
      </header>
      <main id="main" tabIndex={-1}>
        {path === '/events' ? (
          <EventsPage search={search} />
        ) : path === '/event' ? (
          <EventPage search={search} key={search} />
        ) : path === '/slot' ? (
          <SlotPage search={search} key={search} />
        ) : path === '/schedule' ? (
          <SchedulePage search={search} key={search} />
        ) : (
          <FrontPage />
        )}
      </main>
      <footer>
        Keys: f front, e events, s schedule,{' '}
        <button type="button" onClick={() => setHelp(true)}>
          ? all of them
        </button>
      </footer>
      {help && <Help onClose={() => setHelp(false)} />}
    </>
  )
}

const KEYS = [
  ...PLACES.map(([, name, letter]) => [letter, `to ${name}`] as const),
  ['?', 'shows these keys'],
  ['Tab, Enter', 'move from one to the next, and follow it'],
  ['Space', 'selects a row; shift with a click selects all between'],
  ['Escape', 'closes what asks, and changes nothing'],
] as const

/** All keys. */
function Help({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog ref={dialog} aria-label="Keys" onClose={onClose}>
      <form method="dialog">
        <h2>Keys</h2>
        <dl class="keys">
          {KEYS.map(([key, what]) => (
            <div key={key}>
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{what}</dd>
            </div>
          ))}
        </dl>
        <button type="submit">Close</button>
      </form>
    </dialog>
  )
}

function address() {
  return { path: location.pathname.replace(/^\/console/, '').replace(/\/$/, ''), search: location.search }
}

// What is shown is asked for first.
render(<Console />, document.getElementById('page') as HTMLElement)
startListening()
