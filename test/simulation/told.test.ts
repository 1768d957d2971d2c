import { expect } from 'chai'
import { LONGEST_WRITE_MS } from '../../core/timetable.ts'
import { dynamoDBInMemory } from '../memory/dynamodb.ts'
import { eventsInMemory } from '../memory/events-table.ts'
import { anEvent, MINUTE_MS } from '../support/builders.ts'
import { parkAll } from '../support/parking.ts'
import { seededRandom } from '../support/random.ts'
import type { FaultName } from './faults.ts'
import { faultsOf } from './luck.ts'
import { startRegion } from './region.ts'
import { aStory, type Request } from './story.ts'
import { openStrikes } from './strikes.ts'
import { openTelling } from './told.ts'
import { virtualTime } from './virtual-time.ts'

const SHARDS = 3
const DUE_MS = MINUTE_MS + 5_000
const TAKEN_MS = DUE_MS + 4
const IN_AN_HOUR_MS = MINUTE_MS + 3_600_000
const EVENT = anEvent({ id: 'a', dueAtMs: DUE_MS, shards: SHARDS })

/** A table in which one event is parked, and a world in which it was asked for. */
async function aWorldOfOne(...enabled: FaultName[]) {
  const time = virtualTime(MINUTE_MS - 60_000)
  const strikes = openStrikes(time.now)
  const region = startRegion(time, faultsOf(new Set(enabled), seededRandom(1), strikes), time.now())
  const telling = openTelling(region)
  const story = aStory('a')
  const asks = (messageId: string, request: Request) =>
    story.asked.push({ messageId, atMs: time.now(), request, receives: 1, told: [] })
  const dynamodb = dynamoDBInMemory()
  const table = eventsInMemory({ clock: time, random: seededRandom(1), dynamodb })
  await parkAll({ table, shards: SHARDS }, [EVENT])
  asks('schedule', { action: 'schedule', dueAtMs: DUE_MS, content: 'a' })
  const { slot, key } = EVENT
  return {
    asks,
    cancels: (code?: string) =>
      asks('cancel', { action: 'cancel', dueAtMs: DUE_MS }) &&
      story.asked.at(-1)?.told.push(...(code ? [{ code, error: '', atMs: time.now() }] : [])),
    isHandedOut(times: number) {
      for (const one of story.asked) one.receives = times
    },
    async isTaken() {
      await time.run(TAKEN_MS)
      story.delivered.push({ dueAtMs: DUE_MS, content: 'a', atMs: time.now() })
    },
    async records(lateMs: number) {
      await time.run(TAKEN_MS)
      await table.checkpoint(slot, 0, { delivered: [key], upTo: '', lateMs: [lateMs] })
    },
    ends: (kind: 'cancelled' | 'failed' | 'expired') => table.conclude({ slot, key, kind, atMs: 1 }),
    notice: (code: string) => story.ended.push({ dueAtMs: DUE_MS, content: 'a', code, atMs: time.now() }),
    async wrong(beforeMs = IN_AN_HOUR_MS) {
      await time.run(IN_AN_HOUR_MS)
      return (await telling.firstWrong(dynamodb.store, [story], beforeMs))?.message.split('\n')[0]
    },
  }
}

const NAMED = `TOLD: a, due ${new Date(DUE_MS).toISOString()}`

describe('what is told of an event, beside what the world saw of it', () => {
  it('is right of one that was taken when it is told as delivered', async () => {
    const world = await aWorldOfOne()
    await world.isTaken()
    await world.records(6)
    expect(await world.wrong()).to.equal(undefined)
  })

  it('is wrong of one that was taken, and is told as pending', async () => {
    const world = await aWorldOfOne()
    await world.isTaken()
    expect(await world.wrong()).to.equal(`${NAMED}, is told as pending, and may be delivered`)
  })

  it('is wrong if it was told as delivered before its target took it, or long after', async () => {
    for (const lateMs of [3, 255]) {
      const world = await aWorldOfOne()
      await world.isTaken()
      await world.records(lateMs)
      expect(await world.wrong()).to.equal(
        `${NAMED}, is told as delivered at ${DUE_MS + lateMs}, and its target took it at ${TAKEN_MS}`,
      )
    }
  })

  it('may be off by what clocks differ, and late by anything, where faults strike', async () => {
    for (const [fault, lateMs] of [
      ['skew', 0],
      ['crash', 60_000],
    ] as const) {
      const world = await aWorldOfOne(fault)
      await world.isTaken()
      await world.records(lateMs)
      expect(await world.wrong(), fault).to.equal(undefined)
    }
  })

  it('may be too early, where faults strike, of one that two publishes asked for, which may be written side by side', async () => {
    for (const [messages, wrong] of [
      [0, `${NAMED}, is told as delivered at ${DUE_MS}, and its target took it at ${TAKEN_MS}`],
      [1, undefined],
    ] as const) {
      const world = await aWorldOfOne('crash')
      for (let i = 0; i < messages; i++) world.asks('again', { action: 'schedule', dueAtMs: DUE_MS, content: 'a' })
      await world.isTaken()
      await world.records(0)
      expect(await world.wrong()).to.equal(wrong)
    }
  })

  it('may be too early by as much as a write takes, where faults strike, of one whose message was handed out twice', async () => {
    for (const [receives, lateMs, wrong] of [
      [1, 0, `${NAMED}, is told as delivered at ${DUE_MS}, and its target took it at ${TAKEN_MS}`],
      [2, 0, undefined],
      [2, 4 - LONGEST_WRITE_MS, undefined],
      [2, 3 - LONGEST_WRITE_MS, /^TOLD: a, .* is told as delivered at/],
    ] as const) {
      const world = await aWorldOfOne('crash')
      world.isHandedOut(receives)
      await world.isTaken()
      await world.records(lateMs)
      const found = await world.wrong()
      if (wrong instanceof RegExp) expect(found).to.match(wrong)
      else expect(found).to.equal(wrong)
    }
  })

  it('is wrong of one that was not taken, and is told as delivered', async () => {
    const world = await aWorldOfOne()
    world.cancels()
    await world.records(0)
    expect(await world.wrong()).to.equal(`${NAMED}, is told as delivered, and may be cancelled`)
  })

  for (const [code, kind] of [
    ['EXPIRED', 'expired'],
    ['TARGET_NOT_FOUND', 'failed'],
  ] as const)
    it(`is right of one that has ${kind} if its client was told so: ${code}`, async () => {
      const world = await aWorldOfOne()
      await world.ends(kind)
      world.notice(code)
      expect(await world.wrong()).to.equal(undefined)
    })

  it('is right of one that is told as cancelled unless its client was told that the cancel came too late', async () => {
    for (const [code, wrong] of [
      ['EVENT_NOT_FOUND', undefined],
      ['TOO_LATE', `${NAMED}, is told as cancelled, and may be failed`],
    ] as const) {
      const world = await aWorldOfOne()
      world.notice('TARGET_DENIED')
      world.cancels(code)
      await world.ends('cancelled')
      expect(await world.wrong(), code).to.equal(wrong)
    }
  })

  it('is wrong of one that is not listed, unless nobody was promised that it is', async () => {
    const move = { action: 'reschedule', dueAtMs: DUE_MS, toMs: DUE_MS + 1 } as const
    const world = await aWorldOfOne()
    world.asks('move', move)
    await world.ends('cancelled')
    expect(await world.wrong()).to.equal(`TOLD: a, due ${new Date(DUE_MS + 1).toISOString()}, is not listed`)
    world.asks('cancel all', { action: 'cancel' })
    expect(await world.wrong()).to.equal(undefined)
  })
})
