import { expect } from 'chai'
import { eventsInMemory } from '../../memory/events-table.ts'
import { NOW_MS } from '../../support/arriving.ts'
import { requestsThrough } from '../../support/breaking.ts'
import { aBatch, aMessage, aRecord, FAILURE_TOPIC, topicArn } from '../../support/builders.ts'
import { drain } from '../../support/drain.ts'
import { seededRandom } from '../../support/random.ts'
import { aWorld, functionsOf, type World } from '../../support/world.ts'

/**
 * Requests about one id, handled side by side by several validators whose calls come in any order, some of them twice:
 * what is delivered in the end is what would be, had they been handled one after the other as they were published. Only an
 * event with other fields than one that is there may be refused instead, and its client told.
 */
const D = [60_000, 120_000, 180_000].map((ms) => new Date(NOW_MS + ms).toISOString()) as [string, string, string]

interface Asked {
  what: 'schedule' | 'cancel' | 'cancelAll' | 'replace'
  date?: string
  payload?: string
}

const schedule = (date: string, payload = 'p'): Asked => ({ what: 'schedule', date, payload })
const cancel = (date: string): Asked => ({ what: 'cancel', date })
const cancelAll: Asked = { what: 'cancelAll' }
const replace = (date: string, payload = 'p'): Asked => ({ what: 'replace', date, payload })

/** What is delivered if each is handled as it was published. */
function inOrder(requests: readonly Asked[]): string[] {
  const pending = new Map<string, string>()
  for (const { what, date = '', payload = '' } of requests) {
    if (what === 'cancelAll' || what === 'replace') pending.clear()
    if (what === 'cancel') pending.delete(date)
    if ((what === 'schedule' && !pending.has(date)) || what === 'replace') pending.set(date, payload)
  }
  return [...pending].map(([date, payload]) => `${payload} ${date}`).sort()
}

function messageOf({ what, date, payload }: Asked): string {
  if (what === 'cancel' || what === 'cancelAll') return JSON.stringify({ action: 'cancel', id: 'a', date })
  return aMessage({ id: 'a', date, payload, ...(what === 'replace' ? { replace: true } : {}) })
}

/** The same world, each of whose requests to the table waits for a while: so side by side they come in another order. */
function slowed(world: World, random: () => number): World {
  const dynamodb = requestsThrough(world.dynamodb, async (_, call) => {
    for (let ticks = Math.floor(random() * 12); ticks > 0; ticks--) await Promise.resolve()
    const answer = await call()
    for (let ticks = Math.floor(random() * 12); ticks > 0; ticks--) await Promise.resolve()
    return answer
  })
  const { clock } = world
  return { ...world, table: eventsInMemory({ clock, random: world.random, dynamodb }) }
}

/** What is delivered in the end, and the payloads that were refused because another stood in their place. */
async function observed(requests: readonly Asked[], seed: number) {
  const random = seededRandom(seed)
  const world = aWorld({ atMs: NOW_MS, seed })
  const records = requests.map((request, i) => aRecord(messageOf(request), { publishedAtMs: NOW_MS - 1_000 + i * 10 }))
  const arrivals = [...records, ...records.filter(() => random() < 0.5)]
    .map((record) => ({ record, at: random() }))
    .sort((one, other) => one.at - other.at)
    .map(({ record }) => record)
  let left = arrivals
  while (left.length > 0) {
    const together = left.slice(0, 1 + Math.floor(random() * 3))
    left = left.slice(together.length)
    const answers = together.map((record) => functionsOf(slowed(world, random)).validator(aBatch(record)))
    const comeBack = (await world.clock.run(Promise.all(answers))).map(
      ({ batchItemFailures }) => batchItemFailures.length,
    )
    left = [...left, ...together.filter((_, i) => comeBack[i])]
  }
  await drain(world, 5)
  const delivered = world.topics.received(topicArn()).map(({ payload, attributes }) => `${payload} ${attributes.due}`)
  const refused = world.topics.notices(FAILURE_TOPIC).filter(({ code }) => code === 'EVENT_EXISTS')
  return { delivered: delivered.sort(), refused: refused.map(({ event }) => (event as { payload: string }).payload) }
}

const SCRIPTS: Record<string, Asked[]> = {
  'scheduled, cancelled': [schedule(D[0]), cancel(D[0])],
  'scheduled, cancelled, scheduled again': [schedule(D[0]), cancel(D[0]), schedule(D[0])],
  'scheduled, cancelled, scheduled again with other fields': [schedule(D[0]), cancel(D[0]), schedule(D[0], 'q')],
  'scheduled, cancelled, scheduled again, cancelled': [schedule(D[0]), cancel(D[0]), schedule(D[0]), cancel(D[0])],
  'scheduled twice, all cancelled': [schedule(D[0]), schedule(D[1]), cancelAll],
  'scheduled, all cancelled, scheduled again': [schedule(D[0]), cancelAll, schedule(D[0])],
  'scheduled, all cancelled, scheduled at another date': [schedule(D[0]), cancelAll, schedule(D[1])],
  'scheduled, all cancelled twice, scheduled again between': [schedule(D[0]), cancelAll, schedule(D[0]), cancelAll],
  'replaced twice': [replace(D[0]), replace(D[1])],
  'replaced at the same date': [replace(D[0]), replace(D[0], 'q')],
  'replaced three times, back and forth': [replace(D[0]), replace(D[1], 'q'), replace(D[0], 'r')],
  'scheduled, replaced, cancelled by its date': [schedule(D[0]), replace(D[1]), cancel(D[1])],
  'replaced, all cancelled, replaced': [replace(D[0]), cancelAll, replace(D[0], 'q')],
  'scheduled twice, replaced, scheduled once more': [
    schedule(D[0]),
    schedule(D[1]),
    replace(D[2]),
    schedule(D[0], 'q'),
  ],
}

describe('requests about one id, side by side and in any order', () => {
  for (const [name, requests] of Object.entries(SCRIPTS))
    it(`end as they were published: ${name}`, async () => {
      for (let seed = 1; seed <= 150; seed++) {
        const { delivered, refused } = await observed(requests, seed)
        const isRefused = (one: string) => refused.some((payload) => one.startsWith(`${payload} `))
        const expected = inOrder(requests).filter((one) => delivered.includes(one) || !isRefused(one))
        expect(delivered, `seed ${seed}`).to.deep.equal(expected)
      }
    })
})
