import { render } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { EventPage } from './event.tsx'
import { EventsPage } from './events.tsx'
import { FrontPage } from './front.tsx'
import { heard, startListening } from './live.ts'
import { go, Link } from './parts.tsx'
import { SchedulePage } from './schedule.tsx'
import { theme, zone } from './settings.ts'
import './style.css'

const PLACES = [
  ['', 'Front', 'f'],
  ['/events', 'Events', 'e'],
  ['/schedule', 'Schedule', 's'],
] as const

const ZONES = ['local', 'relative', 'UTC', ...Intl.supportedValuesOf('timeZone')]

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
      if (key === 'Escape') setHelp(false)
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
            {ZONES.map((one) => (
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
        ) : path === '/schedule' ? (
          <SchedulePage search={search} key={search} />
        ) : (
          <FrontPage />
        )}
      </main>
      <footer>
        Keys: f front, e events, s schedule, ? {help ? 'hides' : 'shows'} more.
        {help && <span> Tab moves, space selects, shift with a click selects all between, escape closes.</span>}
      </footer>
    </>
  )
}

function address() {
  return { path: location.pathname.replace(/^\/console/, '').replace(/\/$/, ''), search: location.search }
}

startListening()
render(<Console />, document.getElementById('page') as HTMLElement)
