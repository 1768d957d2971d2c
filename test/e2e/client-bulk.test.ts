import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect } from 'chai'
import { type BulkProgress, type Client, createClient, newId } from '../../client/index.ts'
import { type Local, startLocal } from '../../local/start-local.ts'
import { temporaryFolder } from '../support/local-process.ts'
import { until } from '../support/until.ts'

/** Enough that a run lasts, and is cut in the middle. */
const EVENTS = 3_000
const KILLED_AFTER = 1_000
/** A look reads all of them: the stack is to have the time in between. */
const PATIENTLY = { tries: 200, everyMs: 1_000 }
const HOUR_MS = 3_600_000

describe('three thousand events that are cancelled at once', () => {
  let local: Local
  let client: Client
  /** How often each was asked to be cancelled. */
  const asked = new Map<string, number>()
  let notices = 0
  const from = Date.now() + 2 * HOUR_MS
  const span = { from, to: from + HOUR_MS, idPrefix: 'many-' }
  const count = async (status: 'pending' | 'cancelled') =>
    (await Array.fromAsync(client.list({ ...span, status }))).length

  before(async () => {
    local = await startLocal({
      port: 0,
      onPublish({ topicArn, body }) {
        if (topicArn.endsWith(':scheduler-failure-local')) notices++
        const { action, id } = topicArn.endsWith(':scheduler-input-local') ? JSON.parse(body) : {}
        if (action === 'cancel') asked.set(id, (asked.get(id) ?? 0) + 1)
      },
    })
    client = createClient({ local: true, endpoint: local.endpoint })
    const target = (await client.stack()).outputTopicArn
    const events = Array.from({ length: EVENTS }, (_, i) => ({
      id: `many-${newId()}`,
      date: from + Math.floor((i * HOUR_MS) / EVENTS),
      target,
      user: 'e2e',
      payload: `event ${i}`,
    }))
    expect(await client.scheduleBatch(events)).to.include({ scheduled: EVENTS, refused: 0 })
    await until(async () => (await count('pending')) === EVENTS, PATIENTLY)
  })
  after(async () => {
    client.close()
    await local.stop()
  })

  it('are cancelled each exactly once, though who cancels them is killed on the way, and another goes on', async () => {
    const file = join(temporaryFolder(), 'progress.json')
    const program = join(import.meta.dirname, '../support/cancel-all.ts')
    const child = spawn(process.execPath, [program, local.endpoint, String(span.from), String(span.to), file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const killed = new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)))
    createInterface({ input: child.stdout }).on('line', (sent) => {
      if (Number(sent) >= KILLED_AFTER) child.kill('SIGKILL')
    })
    expect(await killed).to.equal('SIGKILL')
    const { resume, matched, sent } = JSON.parse(readFileSync(file, 'utf8')) as BulkProgress
    expect(matched).to.equal(EVENTS)
    expect(sent).to.be.within(KILLED_AFTER, EVENTS - 1)

    const told: BulkProgress[] = []
    const report = await client.cancelAll(span, { resume, onProgress: (progress) => told.push(progress) })
    expect(report.refused).to.equal(0)
    expect(told.length).to.equal(report.sent + 1)
    await until(async () => (await count('cancelled')) === EVENTS, PATIENTLY)
    expect(await count('pending')).to.equal(0)
    // What was under way when it was killed was asked for twice, which changes nothing; and nothing else.
    expect(asked.size).to.equal(EVENTS)
    const twice = [...asked.values()].filter((times) => times > 1)
    expect(Math.max(...asked.values())).to.be.at.most(2)
    expect(twice.length).to.be.at.most(200)
    expect(notices).to.equal(0)
  })
})
