import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Client, createClient } from '../../client/index.ts'
import { HAS_CHROMIUM, startBrowser, watchedPage } from '../../test/support/browser.ts'
import { options } from '../options.ts'
import { startChild } from '../processes/child.ts'
import { startSystem } from '../systems/system.ts'
import { aDay } from './load.ts'
import { toWebp } from './webp.ts'

// Pictures of every page of the console, from a stack at work: light and dark, on a desk and on a phone.

const { out, after } = options({
  /** A folder; default: a new one. */
  out: '',
  /** From the load's beginning until the pictures, seconds: a minute must have been settled. */
  after: 150,
})
const folder = out || mkdtempSync(join(tmpdir(), 'console-'))
mkdirSync(folder, { recursive: true })
if (!HAS_CHROMIUM) throw new Error('no /usr/bin/chromium')

/** What the README shows: kept in docs/. */
const README = { 'console-front': 'front-desk-light', 'console-slot': 'running-desk-dark' }

const SIZES = { desk: { width: 1_440, height: 900 }, phone: { width: 375, height: 812 } }

const proxy = await startChild('troubled-topics', {})
const system = await startSystem('scheduler', { snsEndpoint: String(proxy.ready.endpoint) })
if ('skipped' in system) throw new Error(system.skipped)
await proxy.call('forwardTo', system.endpoint)
const client = createClient({ local: true, endpoint: system.endpoint })
const browser = await startBrowser()
try {
  const looking = await watchedPage(browser)
  const url = (path: string) => `${system.endpoint}/console${path}`
  await looking.page.goto(url(''))
  await looking.page.getByText('npx aws-scheduler schedule').waitFor()
  await looking.page.screenshot({ path: join(folder, 'empty-desk-light.png') })
  const nowMs = Date.now()
  await aDay(client, nowMs)
  await sleep(Math.max(0, nowMs + after * 1_000 - Date.now()))
  for (const [size, viewport] of Object.entries(SIZES))
    for (const scheme of ['light', 'dark'] as const)
      for (const [name, place] of Object.entries(await placesOf(client))) {
        const { page } = looking
        await page.setViewportSize(viewport)
        await page.emulateMedia({ colorScheme: scheme })
        await page.goto(url(place.path))
        await page.getByRole('heading', { level: 1 }).waitFor()
        await page.getByText('Looking …').waitFor({ state: 'detached' })
        for (const button of place.press ?? []) await page.getByText(button).first().click()
        for (const box of place.check ?? []) await page.getByLabel(box).first().click()
        await page.getByText('Counting …').waitFor({ state: 'detached' })
        await sleep(1_000)
        await page.screenshot({
          path: join(folder, `${name}-${size}-${scheme}.png`),
          fullPage: !place.fold,
        })
      }
  for (const [name, picture] of Object.entries(README))
    writeFileSync(join(folder, `${name}.webp`), await toWebp(browser, readFileSync(join(folder, `${picture}.png`))))
  console.log(folder)
  if (looking.wrong.length > 0) console.log(looking.wrong.join('\n'))
} finally {
  await browser.close()
  client.close()
  await system.stop()
  await proxy.stop()
}

/** A page, and what is done there before it is pictured. */
interface Place {
  path: string
  press?: string[]
  check?: string[]
  /** Only what is seen without scrolling: the rest is long, or lies behind what asks. */
  fold?: boolean
}

async function placesOf(client: Client): Promise<Record<string, Place>> {
  const { slot } = await client.get('order-20')
  const [next] = await client.next(1)
  return {
    front: { path: '' },
    events: { path: '/events', fold: true },
    selected: { path: '/events?status=pending', check: ['Select all that are shown'], fold: true },
    asked: {
      path: '/events?status=pending&from=now&to=in 1h',
      press: ['Select all that match', 'Reschedule …'],
      fold: true,
    },
    delivered: { path: '/event?id=order-20', press: ['By command', 'As the message'] },
    failed: { path: '/event?id=orphan-1' },
    retrying: { path: '/event?id=webhook-1' },
    hostile: { path: '/event?id=hostile' },
    settled: { path: `/slot?name=${slot}` },
    running: { path: `/slot?name=${next?.slot}` },
    schedule: { path: '/schedule' },
    keys: { path: '/schedule', press: ['? all of them'], fold: true },
  }
}
