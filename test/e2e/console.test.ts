import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Browser, Page } from 'playwright-core'
import { type Client, createClient, type EventFacts, type EventToSchedule, newId } from '../../client/index.ts'
import { HAS_CHROMIUM, startBrowser, watchedPage } from '../support/browser.ts'
import { type LocalProcess, startProcess, temporaryFolder } from '../support/local-process.ts'
import { until } from '../support/until.ts'

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
const TARGET = 'arn:aws:sns:us-east-1:000000000000:scheduler-output-local'
const NOWHERE = 'arn:aws:sns:us-east-1:000000000000:nowhere'

const CLI = join(import.meta.dirname, '../../cli/main.ts')
/** A browser tells of each request that is refused. */
const REFUSED = /a status of 400/
const EVENT = { target: TARGET, user: 'e2e', payload: 'x' }

/** What is typed takes a moment to be shown, too. */
const PATIENTLY = { tries: 500 }

describe('the console in a browser', () => {
  const folder = temporaryFolder()
  let stack: LocalProcess
  let browser: Browser
  let page: Page
  let wrong: string[]
  /** Of what is wrong, what a test brings about by intention. */
  let meant: RegExp | undefined
  before(async function () {
    if (!HAS_CHROMIUM) {
      console.log('      no /usr/bin/chromium: the console is not driven in a browser')
      this.skip()
    }
    stack = await startProcess(folder)
    browser = await startBrowser()
  })
  // A page for each: what is told late belongs to the test whose page tells it.
  beforeEach(async () => {
    meant = undefined
    ;({ page, wrong } = await watchedPage(browser))
  })
  after(async () => {
    await browser?.close()
    await stack?.interrupt()
  })
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') console.log(await page.locator('body').innerText())
    await page.close()
    expect(wrong.filter((one) => !meant?.test(one))).to.deep.equal([])
  })
  const withClient = async <T>(work: (client: Client) => Promise<T>): Promise<T> => {
    const client = createClient({ local: true, endpoint: stack.endpoint })
    try {
      return await work(client)
    } finally {
      client.close()
    }
  }
  /** Schedules them, and waits until all are parked: a page that is opened sees them. */
  const park = (...events: (EventToSchedule & { id: string })[]) =>
    withClient(async (client) => {
      await client.scheduleBatch(events)
      return Promise.all(events.map(({ id }) => until(() => client.get(id), PATIENTLY)))
    })
  const open = (path: string) => page.goto(`${stack.endpoint}/console${path}`)
  const see = (text: string | RegExp) => page.getByText(text).first().waitFor({ timeout: 30_000 })

  it('says that there is nothing yet, and how to begin', async () => {
    await open('')
    await see('Nothing yet')
    await see('npx aws-scheduler schedule --local --date in:10s --payload hello')
  })

  it('schedules a first event, says when it would be due, shows it arrive, and how late it was', async () => {
    await open('')
    await page.getByText('or do it here').click()
    await page.getByLabel('Date', { exact: true }).fill('in 3 s')
    await see(/, in 2 s|, in 3 s/)
    await page.getByRole('textbox', { name: 'Id' }).fill('first')
    await page.getByRole('button', { name: 'Schedule' }).click()
    await page.getByRole('link', { name: 'first' }).click()
    await see(/published, \d+ ms late/)
    await page.getByRole('link', { name: 'Front' }).click()
    await page.locator('section', { hasText: 'As it happens' }).getByRole('link', { name: 'first' }).waitFor()
    await see(/Of 1 deliveries/)
  })

  it('says as one types in the validator’s own sentence what is wrong, and reads a date in a zone', async () => {
    meant = REFUSED
    await open('/schedule')
    await page.getByLabel('Date', { exact: true }).fill('one day')
    await see(/date "one day" is not an ISO 8601 date/)
    await page.getByLabel('Date', { exact: true }).fill('2027-03-28T02:30:00.250')
    await page.getByLabel('Zone').selectOption('Europe/Berlin')
    await see('2027-03-28T01:30:00.250Z')
    await page.getByLabel('Payload').fill('')
    await see(/payload/)
  })

  it('schedules many, spread over a time', async () => {
    await open('/schedule')
    await page.getByLabel('Date', { exact: true }).fill('in 1 h')
    await page.getByRole('textbox', { name: 'Id' }).fill('spread')
    await page.getByRole('spinbutton', { name: 'Times' }).fill('5')
    await page.getByLabel('Spread over, ms').fill('2000')
    await see(/one every 500 ms/)
    await page.getByRole('button', { name: 'Schedule' }).click()
    await see(/5 events scheduled/)
    await page.getByRole('link', { name: 'spread-1' }).click()
    await page.locator('.status.pending').waitFor({ timeout: 30_000 })
  })

  it('shows a failure, and redrives it', async () => {
    await withClient((client) =>
      client.schedule({ id: 'lost', date: { in: '0s' }, target: NOWHERE, user: 'e2e', payload: 'x' }),
    )
    await open('')
    await see(/1 × TARGET_NOT_FOUND/)
    await page.getByText(/1 × TARGET_NOT_FOUND/).click()
    await page.getByRole('link', { name: 'lost' }).click()
    await see('Topic does not exist')
    await page.getByRole('button', { name: 'Redrive', exact: true }).click()
    await page.getByRole('button', { name: 'Redrive it' }).click()
    await see('It is published again.')
  })

  it('reschedules an event, and cancels it at its new date', async () => {
    const [{ dueAtMs }] = (await park({ ...EVENT, id: 'moved', date: { in: '1h' } })) as [EventFacts]
    await open('/event?id=moved')
    await page.getByRole('button', { name: 'Reschedule', exact: true }).click()
    await page.getByLabel(/^By, such as/).fill('30m')
    await page.getByRole('button', { name: 'Reschedule it' }).click()
    await see('The reschedule is on its way.')
    await until(
      () => withClient(async (client) => expect((await client.get('moved')).dueAtMs).to.equal(dueAtMs + 1_800_000)),
      PATIENTLY,
    )
    await open('/event?id=moved')
    await page.getByRole('button', { name: 'Cancel', exact: true }).click()
    await page.getByRole('button', { name: 'Cancel it' }).click()
    await see('The cancel is on its way.')
    await page.locator('.status.cancelled').waitFor({ timeout: 30_000 })
  })

  it('tells how to ask for the same again: as a message, in a program, by command; and schedules a copy', async () => {
    const payload = `it's <b>"1"</b>`
    await park({ ...EVENT, id: 'again', date: { in: '1h' }, payload })
    await open('/event?id=again')
    await page.getByText('As the message, JSON').click()
    expect(JSON.parse(await page.locator('details[open] pre').innerText())).to.include({ id: 'again', payload })
    await page.getByText('By command', { exact: true }).click()
    await see(`--payload='it'\\''s <b>"1"</b>'`)
    await page.getByText('In a program').click()
    await see(/await scheduler\.schedule\(\{/)
    await page.getByRole('button', { name: 'Schedule a copy' }).click()
    await page.waitForURL(/copy=again/)
    await until(async () => expect(await page.getByLabel('Payload').inputValue()).to.equal(payload), PATIENTLY)
  })

  it('shows where the runner of a slot stands, and how far its emitters have come', async () => {
    meant = REFUSED
    const [{ slot }] = (await park({ ...EVENT, id: 'slotted', date: { in: '6s' } })) as [EventFacts]
    await open('/event?id=slotted')
    await page.getByRole('link', { name: slot, exact: true }).first().click()
    await page.waitForURL(/slot\?name=/)
    await page.getByRole('img', { name: /The runner stands at (Deliver|WaitToSettle|Plan)/ }).waitFor()
    await see(/[1-9]\d* in \d+ checkpoint/)
    await open('/slot?name=../../etc')
    await see(/slot is "\.\.\/\.\.\/etc"/)
  })

  it('cancels what is selected, and keeps the filter in the address', async () => {
    const ids = ['a', 'b', 'c'].map((id) => ({ ...EVENT, id: `bulk-${id}`, date: { in: '1h' }, user: 'bulk' }))
    await park(...ids)
    await page.clock.install()
    await open('/events')
    await page.getByLabel('User').fill('bulk')
    await page.getByRole('button', { name: 'Show' }).click()
    await page.waitForURL(/user=bulk/)
    await page.getByLabel('Select bulk-a').click()
    await page.getByLabel('Select bulk-c').click({ modifiers: ['Shift'] })
    await see('3 selected.')
    await see('Updates pause while something is selected.')
    await park({ ...EVENT, id: 'bulk-d', date: { in: '1h' }, user: 'bulk' })
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    // Longer than from one update to the next.
    await page.clock.runFor(20_000)
    expect(asked.filter((url) => url.includes('/api/events'))).to.deep.equal([])
    expect(await page.getByLabel('Select bulk-d').count()).to.equal(0)
    await page.getByRole('button', { name: 'Cancel …' }).click()
    await see('Cancel 3 events?')
    await page.getByRole('button', { name: 'Cancel them' }).click()
    await see('3 changes sent.')
    await page.locator('.status.cancelled').nth(2).waitFor({ timeout: 30_000 })
    await page.getByLabel('Select bulk-d').waitFor()
    await page.reload()
    expect(await page.getByLabel('User').inputValue()).to.equal('bulk')
    await page.locator('.status.cancelled').nth(2).waitFor({ timeout: 30_000 })
    await page.getByRole('link', { name: 'Front' }).click()
    await page.goBack()
    await page.waitForURL(/user=bulk/)
  })

  it('selects all that match, though a page shows fewer, counts them, and moves them', async () => {
    const many = Array.from({ length: 60 }, (_, i) => ({
      ...EVENT,
      id: `many-${i}`,
      date: { in: '90m' },
      user: 'many',
    }))
    await park(...many)
    const inAnHour = { from: new Date(Date.now() + 3_600_000).toISOString(), to: 'in 12h', user: 'many' }
    await open(`/events?${new URLSearchParams(inAnHour)}`)
    await page.getByLabel('Select all that are shown').click()
    await see('50 selected.')
    await page.getByRole('button', { name: 'Select all that match' }).click()
    await page.getByRole('button', { name: 'Reschedule …' }).click()
    await see('Reschedule 60 events?')
    await see('and 55 more')
    await page.getByLabel(/^By, such as/).fill('2h')
    await page.getByRole('button', { name: 'Reschedule them' }).click()
    await see('60 changes sent.')
    const moved = { from: 'in 3h', to: 'in 4h', user: 'many', status: 'pending' }
    await open(`/events?${new URLSearchParams(moved)}`)
    await page.getByLabel('Select many-7', { exact: true }).waitFor({ timeout: 30_000 })
  })

  it('shows hostile events harmlessly', async () => {
    meant = REFUSED
    const payload = `<img src=x onerror="document.title=1"><script>document.title=2</script>\u202egnp.exe\u0085`
    const id = newId()
    await park({ ...EVENT, id, date: { in: '1h' }, user: '<b>\u202ex', payload })
    await open(`/event?id=${id}`)
    await see('\\u202egnp.exe\\u0085')
    await see('<b>\\u202ex')
    await open('/event?id=../../etc/passwd%00<script>')
    await see(/is not 1 to 64 of the characters/)
    await open('/events?user=<img src=x onerror=alert(1)>&status=nonsense&from=<b>')
    await see(/<b>/)
    expect(await page.title()).to.equal('aws-scheduler')
    expect(await page.locator('main img, main script').count()).to.equal(0)
  })

  it('shows 250 KB of a payload when it is asked for', async () => {
    const payload = JSON.stringify({ text: 'x'.repeat(250_000) })
    await park({ ...EVENT, id: 'large', date: { in: '1h' }, payload })
    await open('/event?id=large')
    await page.getByRole('button', { name: /Show all of its 250,011 characters/ }).click()
    await until(
      async () => expect(await page.locator('pre').first().innerText()).to.have.lengthOf.above(250_000),
      PATIENTLY,
    )
  })

  it('goes by keys alone', async () => {
    await open('/events')
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.textContent')).to.equal('To the content')
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).to.equal('solid')
    await page.keyboard.press('?')
    await page.getByRole('dialog').getByText('shift with a click').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.keyboard.press('f')
    await page.waitForURL(/console$/)
    await page.keyboard.press('s')
    await page.waitForURL(/schedule/)
    await page.getByLabel('Date', { exact: true }).waitFor()
    // Whoever goes to another page stands at its beginning.
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.name')).to.equal('date')
  })

  it('shows times in another zone, and keeps that', async () => {
    await open('/event?id=first')
    await page.getByLabel('Times').selectOption('Asia/Tokyo')
    const { dueAtMs } = await withClient((client) => client.get('first'))
    const there = new Date(dueAtMs + 9 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ')
    await see(new RegExp(there))
    await page.reload()
    await see(new RegExp(there))
  })

  for (const scheme of ['light', 'dark'] as const)
    for (const path of ['', '/events', '/event?id=first', '/event?id=lost', '/slot', '/schedule'])
      it(`has no barrier that axe finds, in ${scheme}, at ${path || 'the front'}`, async () => {
        await page.emulateMedia({ colorScheme: scheme })
        const slot = await withClient(async (client) => (await client.get('first')).slot)
        await open(path === '/slot' ? `/slot?name=${slot}` : path)
        await page.getByRole('heading', { level: 1 }).waitFor({ timeout: 30_000 })
        await page.getByText('Looking …').waitFor({ state: 'detached' })
        // By the protocol: the page's own policy lets it load nothing else.
        await page.evaluate(readFileSync(AXE, 'utf8'))
        const violations = await page.evaluate(async () =>
          (
            await (
              globalThis as unknown as {
                axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> }
              }
            ).axe.run()
          ).violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`),
        )
        expect(violations).to.deep.equal([])
      })

  it('is readable on a phone: nothing but what scrolls by itself is wider', async () => {
    await page.setViewportSize({ width: 375, height: 700 })
    const slot = await withClient(async (client) => (await client.get('first')).slot)
    for (const path of ['', '/events', '/event?id=lost', `/slot?name=${slot}`, '/schedule']) {
      await open(path)
      await page.getByRole('heading', { level: 1 }).waitFor({ timeout: 30_000 })
      await page.getByText('Looking …').waitFor({ state: 'detached' })
      expect(await page.evaluate('document.documentElement.scrollWidth'), path).to.be.at.most(375)
    }
  })

  it('goes on where it was after the stack was killed and started again: what was parked, and what happens', async () => {
    meant = /net::|the server responded with a status of (403|500)/
    await park({ ...EVENT, id: 'survivor', date: { in: '1h' } })
    await open('/event?id=survivor')
    await page.locator('.status.pending').waitFor()
    await page.getByText('live', { exact: true }).waitFor()
    await stack.kill()
    await see('not connected')
    await see('does not answer')
    const port = Number(new URL(stack.endpoint).port)
    stack = await startProcess(folder, port)
    await page.locator('.live.on').waitFor({ timeout: 30_000 })
    await page.getByText('does not answer').waitFor({ state: 'detached', timeout: 30_000 })
    await page.locator('.status.pending').waitFor()
    await page.getByRole('link', { name: 'Front' }).click()
    await withClient((client) => client.schedule({ ...EVENT, id: 'after', date: { in: '1s' } }))
    await page.locator('section', { hasText: 'As it happens' }).getByRole('link', { name: 'after' }).waitFor()
    // The token is another process's now.
    await open('/event?id=survivor')
    await page.getByRole('button', { name: 'Cancel', exact: true }).click()
    await page.getByRole('button', { name: 'Cancel it' }).click()
    await page.locator('.status.cancelled').waitFor({ timeout: 30_000 })
  })

  it('hides payloads and changes nothing, where it is told to', async () => {
    meant = /a status of 403/
    const { port, stop } = await startConsole('--read-only', '--hide-payloads')
    await page.goto(`http://127.0.0.1:${port}/console/event?id=again`)
    await see('This console was started with --hide-payloads.')
    expect(await page.content())
      .to.not.contain('it&#39;s')
      .and.not.contain("it's <b>")
    expect(await page.getByRole('button', { name: 'Cancel', exact: true }).count()).to.equal(0)
    const refused = await page.evaluate(`fetch('/console/api/change', {
      method: 'POST',
      headers: {
        'x-console-token': document.querySelector('meta[name=console-token]').content,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ verb: 'cancel', events: [{ id: 'again', date: 1 }] }),
    }).then(({ status }) => status)`)
    expect(refused).to.equal(403)
    await page.goto('about:blank')
    await stop()
  })

  /** The console as a command serves it, of this stack. */
  async function startConsole(...flags: string[]) {
    const args = [CLI, 'console', '--local', '--port', '0', ...flags]
    const env = { ...process.env, AWS_ENDPOINT_URL: stack.endpoint }
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'], env })
    const ended = once(child, 'exit')
    const [said] = await once(child.stderr, 'data')
    const port = /:(\d+)\/console/.exec(String(said))?.[1]
    const stop = async () => {
      child.kill('SIGINT')
      await ended
    }
    return { port, stop }
  }
})
