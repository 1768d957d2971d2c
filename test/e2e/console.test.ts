import { createRequire } from 'node:module'
import { expect } from 'chai'
import type { Browser, Page } from 'playwright-core'
import { createClient, newId } from '../../client/index.ts'
import { HAS_CHROMIUM, startBrowser, watchedPage } from '../support/browser.ts'
import { type LocalProcess, startProcess, temporaryFolder } from '../support/local-process.ts'

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
const TARGET = 'arn:aws:sns:us-east-1:000000000000:scheduler-output-local'
const NOWHERE = 'arn:aws:sns:us-east-1:000000000000:nowhere'

describe('the console in a browser', () => {
  let stack: LocalProcess
  let browser: Browser
  let page: Page
  let wrong: string[]
  before(async function () {
    if (!HAS_CHROMIUM) {
      console.log('      no /usr/bin/chromium: the console is not driven in a browser')
      this.skip()
    }
    stack = await startProcess(temporaryFolder())
    browser = await startBrowser()
    ;({ page, wrong } = await watchedPage(browser))
  })
  after(async () => {
    await browser?.close()
    await stack?.interrupt()
  })
  afterEach(() => {
    expect(wrong).to.deep.equal([])
  })
  const open = (path: string) => page.goto(`${stack.endpoint}/console${path}`)
  const see = (text: string | RegExp) => page.getByText(text).first().waitFor({ timeout: 30_000 })

  it('says that there is nothing yet, and how to begin', async () => {
    await open('')
    await see('Nothing yet')
    await see('npx aws-scheduler schedule --local --date in:10s --payload hello')
  })

  it('schedules a first event, shows it arrive, and how late it was', async () => {
    await page.getByText('or do it here').click()
    await page.getByLabel('Date').fill('in 3s')
    await page.getByRole('textbox', { name: 'Id' }).fill('first')
    await page.getByRole('button', { name: 'Schedule' }).click()
    await page.getByRole('link', { name: 'first' }).click()
    await see(/delivered, \d+ ms late/)
    await page.getByRole('link', { name: 'Front' }).click()
    await see(/first/)
    await see('Lateness')
  })

  it('says in the validator’s own sentence what is wrong with an event', async () => {
    await open('/schedule')
    await page.getByLabel('Date').fill('one day')
    await page.getByRole('button', { name: 'Schedule' }).click()
    await see(/date "one day" is not an ISO 8601 date/)
    // A request that is refused is told of by the browser.
    expect(wrong.splice(0).every((one) => one.includes('400'))).to.equal(true)
  })

  it('shows a failure, and redrives it', async () => {
    const client = createClient({ local: true, endpoint: stack.endpoint })
    await client.schedule({ id: 'lost', date: { in: '0s' }, target: NOWHERE, user: 'e2e', payload: 'x' })
    client.close()
    await open('')
    await see(/1 × TARGET_NOT_FOUND/)
    await page.getByText(/1 × TARGET_NOT_FOUND/).click()
    await page.getByRole('link', { name: 'lost' }).click()
    await see('Topic does not exist')
    await page.getByRole('button', { name: 'Redrive', exact: true }).click()
    await page.getByRole('button', { name: 'Redrive it' }).click()
    await see('It is published again.')
  })

  it('cancels what is selected, and keeps the filter in the address', async () => {
    const client = createClient({ local: true, endpoint: stack.endpoint })
    const events = ['a', 'b', 'c'].map((id) => ({
      id: `bulk-${id}`,
      date: { in: '1h' },
      target: TARGET,
      user: 'bulk',
      payload: 'x',
    }))
    await client.scheduleBatch(events)
    client.close()
    await open('/events')
    await page.getByLabel('User').fill('bulk')
    await page.getByRole('button', { name: 'Show' }).click()
    await page.waitForURL(/user=bulk/)
    await page.getByLabel('Select bulk-a').click()
    await page.getByLabel('Select bulk-c').click({ modifiers: ['Shift'] })
    await see('3 selected: updates pause.')
    await page.getByRole('button', { name: 'Cancel selected' }).click()
    await see('Cancel 3 events?')
    await page.getByRole('button', { name: 'Cancel them' }).click()
    await see('3 sent.')
    await page.locator('.status.cancelled').nth(2).waitFor({ timeout: 30_000 })
    await page.reload()
    expect(await page.getByLabel('User').inputValue()).to.equal('bulk')
    await page.locator('.status.cancelled').nth(2).waitFor({ timeout: 30_000 })
    await page.getByRole('link', { name: 'Front' }).click()
    await page.goBack()
    await page.waitForURL(/user=bulk/)
  })

  it('shows hostile events harmlessly', async () => {
    const client = createClient({ local: true, endpoint: stack.endpoint })
    const payload = '<img src=x onerror="document.title=1"><script>document.title=2</script>\u202egnp.exe'
    const id = newId()
    const { dueAtMs } = await client.schedule({ id, date: { in: '1h' }, target: TARGET, user: '<b>\u202ex', payload })
    client.close()
    await open(`/event?id=${id}&date=${dueAtMs}`)
    await see('\\u202egnp.exe')
    expect(await page.title()).to.equal('aws-scheduler')
    expect(await page.locator('pre img, pre script').count()).to.equal(0)
  })

  for (const scheme of ['light', 'dark'] as const)
    it(`has no barrier that axe finds, in ${scheme}`, async () => {
      await page.emulateMedia({ colorScheme: scheme })
      for (const path of ['', '/events', '/event?id=first', '/schedule']) {
        await open(path)
        await page.getByRole('heading', { level: 1 }).waitFor({ timeout: 30_000 })
        // By the protocol: the page's own policy lets it load nothing else.
        await page.evaluate(await (await import('node:fs/promises')).readFile(AXE, 'utf8'))
        const violations = await page.evaluate(async () =>
          (
            await (
              globalThis as unknown as {
                axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> }
              }
            ).axe.run()
          ).violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`),
        )
        expect(violations, path).to.deep.equal([])
      }
    })

  it('hears again of what happens after the stack was killed and started again', async () => {
    await open('')
    await see('live')
    await stack.kill()
    await see('not connected')
    const port = Number(new URL(stack.endpoint).port)
    stack = await startProcess(temporaryFolder(), port)
    await page.locator('.live.on').waitFor({ timeout: 30_000 })
    wrong.splice(0)
  })
})
