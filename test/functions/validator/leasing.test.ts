import { expect } from 'chai'
import { LEASE_MS } from '../../../aws/events-table/leases.ts'
import { SchedulerError } from '../../../core/errors.ts'
import { CLOCK_SKEW_MS, OVERTAKEN_MS, TIMEOUT_SECONDS } from '../../../core/timetable.ts'
import { HAS_LEASE, LEASE_WAIT_MS, leasingWith, REFUSED_KEPT } from '../../../functions/validator/leasing.ts'
import { NOW_MS } from '../../support/arriving.ts'
import { aBatch, aMessage, aRecord, FAILURE_TOPIC } from '../../support/builders.ts'
import { drain } from '../../support/drain.ts'
import { aWorld, functionsOf, type World } from '../../support/world.ts'

const TOO_LATE = { code: 'TOO_LATE', error: 'too late' } as const

/** A request about an id. */
const request = (messageId: string, id = 'a') => ({ id, publication: { messageId, atMs: NOW_MS - 60_000 } })

/** Works that begin when they are asked to, and end when they are told to; `log` says in which order. */
function works(world: World) {
  const log: string[] = []
  const begin = (name: string, of = request(name)) => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const work = async () => {
      log.push(`${name} begins`)
      await promise
      log.push(`${name} ends`)
      return []
    }
    const answer = leasingWith(world)(of, work)
    return { answer, end: resolve }
  }
  return { log, begin }
}

describe('requests that change something under one id', () => {
  it('are carried out one after the other, and those about other ids side by side', async () => {
    const world = aWorld({ atMs: NOW_MS })
    const { log, begin } = works(world)
    const [first, second, other] = [begin('first'), begin('second'), begin('other', request('other', 'b'))]
    await world.clock.advance(1_000)
    expect(log).to.have.members(['first begins', 'other begins'])
    first.end()
    other.end()
    second.end()
    await world.clock.run(Promise.all([first.answer, second.answer, other.answer]))
    expect(log).to.include.members(['first ends', 'second ends', 'other ends'])
    expect(log.indexOf('second begins')).to.be.above(log.indexOf('first ends'))
  })

  it('look whether their id is free every 30 to 90 ms', async () => {
    for (const [chance, pauseMs] of [
      [0, 30],
      [0.5, 60],
      [1, 90],
    ] as const) {
      const world = aWorld({ atMs: NOW_MS })
      works(world).begin('first')
      await world.clock.advance(0)
      const looks: number[] = []
      const takeLease: World['table']['takeLease'] = (lease) => {
        looks.push(world.clock.now() - NOW_MS)
        return world.table.takeLease(lease)
      }
      works({ ...world, random: () => chance, table: { ...world.table, takeLease } })
        .begin('second')
        .answer.catch(() => {})
      await world.clock.advance(2 * pauseMs)
      expect(looks).to.deep.equal([0, pauseMs, 2 * pauseMs])
    }
  })

  it('do their work at once where they have it already', async () => {
    const log: string[] = []
    const work = HAS_LEASE(request('first'), async (aside) => {
      await aside(async () => void log.push('waited'))
      return [TOO_LATE]
    })
    expect(await work).to.deep.equal([TOO_LATE])
    expect(log).to.deep.equal(['waited'])
  })

  it('come back when another is at it for too long', async () => {
    const world = aWorld({ atMs: NOW_MS })
    const { begin } = works(world)
    begin('first')
    const { answer } = begin('second')
    const fault = await world.clock.run(answer.catch((error) => error))
    expect(fault).to.be.instanceOf(SchedulerError)
    expect(fault).to.include({
      code: 'ID_IN_USE',
      message: 'Another request about id a is being carried out. This one comes back.',
    })
    expect(world.clock.now() - NOW_MS).to.be.within(LEASE_WAIT_MS, LEASE_WAIT_MS + 100)
  })

  it('wait for one that was cut off no longer than it can live', async () => {
    const world = aWorld({ atMs: NOW_MS })
    const { log, begin } = works(world)
    begin('cut off')
    await world.clock.advance(LEASE_MS - 1_000)
    begin('next')
    await world.clock.advance(1_000)
    expect(log).to.deep.equal(['cut off begins'])
    await world.clock.advance(100)
    expect(log).to.deep.equal(['cut off begins', 'next begins'])
  })

  it('give their id back when they fail', async () => {
    const world = aWorld({ atMs: NOW_MS })
    const { begin } = works(world)
    const failing = leasingWith(world)(request('first'), () => Promise.reject(new Error('refused')))
    expect(await world.clock.run(failing.catch(({ message }) => message))).to.equal('refused')
    const { answer, end } = begin('second')
    end()
    expect(await world.clock.run(answer)).to.deep.equal([])
    expect(world.clock.now()).to.equal(NOW_MS)
  })

  it('try once more to give their id back, and are carried out though they cannot', async () => {
    for (const [faults, isFree] of [
      [1, true],
      [2, false],
    ] as const) {
      const world = aWorld({ atMs: NOW_MS })
      let calls = 0
      const giveLeaseBack: World['table']['giveLeaseBack'] = (lease) =>
        ++calls <= faults ? Promise.reject(new Error('throttled')) : world.table.giveLeaseBack(lease)
      const first = leasingWith({ ...world, table: { ...world.table, giveLeaseBack } })(
        request('first'),
        async () => [],
      )
      expect(await world.clock.run(first)).to.deep.equal([])
      const second = leasingWith(world)(request('second'), async () => []).then(() => 'done')
      expect(await world.clock.run(second.catch(({ code }) => code))).to.equal(isFree ? 'done' : 'ID_IN_USE')
    }
  })

  it('wait for one another also where one message is handled twice at once', async () => {
    const world = aWorld({ atMs: NOW_MS })
    const { log, begin } = works(world)
    const [first, again] = [begin('first'), begin('again', request('first'))]
    await world.clock.advance(1_000)
    expect(log).to.deep.equal(['first begins'])
    first.end()
    again.end()
    await world.clock.run(Promise.all([first.answer, again.answer]))
    expect(log).to.deep.equal(['first begins', 'first ends', 'again begins', 'again ends'])
  })

  /** Asks once, for work that comes to an answer. */
  const ask = (world: World, messageId: string, answer: readonly (typeof TOO_LATE)[], log: string[] = []) =>
    world.clock.run(
      leasingWith(world)(request(messageId), async () => {
        log.push(messageId)
        return answer
      }),
    )

  it('are refused once and for all: what is handled again is told the same, whatever has come since', async () => {
    const world = aWorld({ atMs: NOW_MS })
    expect(await ask(world, 'first', [TOO_LATE])).to.deep.equal([TOO_LATE])
    const log: string[] = []
    await ask(world, 'second', [], log)
    expect(await ask(world, 'first', [], log)).to.deep.equal([TOO_LATE])
    expect(log).to.deep.equal(['second'])
    // It has given the id back.
    expect(await ask(world, 'second', [], log)).to.deep.equal([])
  })

  it('are known as refused, the last ten about each id', async () => {
    const world = aWorld({ atMs: NOW_MS })
    const names = Array.from({ length: REFUSED_KEPT + 1 }, (_, i) => `m${i}`)
    for (const name of names) await ask(world, name, [TOO_LATE])
    const log: string[] = []
    for (const name of names) await ask(world, name, [], log)
    expect(log).to.deep.equal(['m0'])
  })

  it('come back when they have been refused while they waited for another', async () => {
    const world = aWorld({ atMs: NOW_MS })
    const log: string[] = []
    const waiting = leasingWith(world)(request('first'), async (aside) => {
      await aside(() => world.clock.sleep(1_000))
      log.push('goes on')
      return []
    })
    await world.clock.advance(500)
    await ask(world, 'first', [TOO_LATE])
    expect(await world.clock.run(waiting.catch(({ code }) => code))).to.equal('ID_IN_USE')
    expect(log).to.deep.equal([])
  })

  it('come back, and nothing is told, where it could not be written down that they are refused', async () => {
    const world = aWorld({ atMs: NOW_MS })
    const down = { ...world.table, giveLeaseBack: () => Promise.reject(new Error('throttled')) }
    const fault = await ask({ ...world, table: down }, 'first', [TOO_LATE]).catch(({ message }) => message)
    expect(fault).to.equal('throttled')
    const lapsed = { ...world.table, giveLeaseBack: async () => false }
    const other = aWorld({ atMs: NOW_MS })
    const lost = ask({ ...other, table: { ...other.table, ...lapsed } }, 'first', [TOO_LATE])
    expect(await lost.catch(({ code }) => code)).to.equal('ID_IN_USE')
  })

  it('give their id back once, and not after they have waited in vain', async () => {
    const world = aWorld({ atMs: NOW_MS })
    let times = 0
    const giveLeaseBack: World['table']['giveLeaseBack'] = (...lease) => {
      times++
      return world.table.giveLeaseBack(...lease)
    }
    const counted = { ...world, table: { ...world.table, giveLeaseBack } }
    await ask(counted, 'first', [])
    await ask(counted, 'second', [TOO_LATE])
    expect(times).to.equal(2)
    const failing = leasingWith(counted)(request('third'), async (aside) => {
      await aside(() => Promise.reject(new Error('broken')))
      return []
    })
    await world.clock.run(failing.catch(() => {}))
    expect(times).to.equal(3)
  })

  it('let others have their id while they wait for what they have overtaken', async () => {
    for (const change of ['cancel', 'reschedule'] as const)
      for (const date of [new Date(NOW_MS + 60_000).toISOString(), undefined]) {
        const world = aWorld({ atMs: NOW_MS })
        const message = { action: change, id: 'a', date, new_date: new Date(NOW_MS + 90_000).toISOString() }
        const text = JSON.stringify(change === 'cancel' ? { ...message, new_date: undefined } : message)
        const answer = functionsOf(world).validator(aBatch(aRecord(text, { publishedAtMs: NOW_MS })))
        await world.clock.advance(100)
        const other = leasingWith(world)(request('other'), async () => []).then(() => 'done')
        await world.clock.advance(0)
        expect(await Promise.race([other, 'waits'])).to.equal('done')
        expect(await world.clock.run(answer)).to.deep.equal({ batchItemFailures: [] })
        expect(world.topics.notices(FAILURE_TOPIC).map(({ code }) => code)).to.deep.equal(['EVENT_NOT_FOUND'])
      }
  })

  it('do not hold up those about other ids in their batch, however many there are about each', async () => {
    const world = aWorld({ atMs: NOW_MS })
    works(world).begin('first')
    const date = new Date(NOW_MS + 60_000).toISOString()
    const texts = [
      aMessage({ id: 'b', date, payload: 'one' }),
      aMessage({ id: 'b', date, payload: 'two', replace: true }),
      JSON.stringify({ action: 'cancel', id: 'a', date }),
      aMessage({ id: 'a', date }),
      aMessage({ id: 'b', date, payload: 'three', replace: true }),
    ]
    const records = texts.map((text, i) => aRecord(text, { publishedAtMs: NOW_MS - 2_000 + i }))
    const answer = functionsOf(world).validator(aBatch(...records))
    await world.clock.advance(100)
    const parked = world.table.slots().flatMap((slot) => world.table.eventsIn(slot))
    expect(parked.filter(({ id }) => id === 'b').map(({ payload }) => payload)).to.include('three')
    const { batchItemFailures } = await world.clock.run(answer)
    expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).to.deep.equal([records[2]?.messageId])
  })

  it('are tried once more, half a second later, where they meet what another is about to do', async () => {
    const inDoubt = new SchedulerError('CANCEL_IN_DOUBT', 'not yet')
    for (const [agoMs, fault, times] of [
      [1_000, inDoubt, 2],
      [60_000, inDoubt, 1],
      [1_000, new SchedulerError('TABLE_UNAVAILABLE', 'down'), 1],
      [1_000, new Error('broken'), 1],
    ] as const) {
      const world = aWorld({ atMs: NOW_MS })
      let tries = 0
      const failing = () => {
        tries++
        return Promise.reject(fault)
      }
      const publication = { messageId: 'this', atMs: NOW_MS - agoMs }
      const answer = leasingWith(world)({ id: 'a', publication }, failing)
      expect(await world.clock.run(answer.catch((error) => error))).to.equal(fault)
      expect(tries).to.equal(times)
    }
  })
})

describe('the lease of an id', () => {
  it('lapses when whoever has it has ended, by whatever clock', () => {
    expect(LEASE_MS).to.be.at.least(TIMEOUT_SECONDS.validator * 1_000 + CLOCK_SKEW_MS)
  })

  it('is waited for twice, and what another is about to do, with time left for the work', () => {
    expect(2 * LEASE_WAIT_MS + OVERTAKEN_MS).to.be.below((TIMEOUT_SECONDS.validator * 1_000) / 2)
  })

  /** How often it was taken while messages were handled. */
  const taken = async (...batches: string[][]) => {
    const world = aWorld({ atMs: NOW_MS })
    let leases = 0
    const takeLease: World['table']['takeLease'] = (lease) => {
      leases++
      return world.table.takeLease(lease)
    }
    const counted = { ...world, table: { ...world.table, takeLease } }
    for (const messages of batches) {
      leases = 0
      const records = messages.map((text) => aRecord(text, { publishedAtMs: NOW_MS - 2_000 }))
      const { batchItemFailures } = await world.clock.run(functionsOf(counted).validator(aBatch(...records)))
      expect(batchItemFailures).to.deep.equal([])
    }
    await drain(world)
    return leases
  }
  const date = new Date(NOW_MS + 60_000).toISOString()

  it('is not taken for events of which nothing is known: they cost nothing more', async () => {
    expect(await taken([aMessage({ id: 'a', date }), aMessage({ id: 'b', date }), aMessage({ date })])).to.equal(0)
  })

  for (const [what, change] of Object.entries({
    'a cancel': { action: 'cancel', id: 'a', date },
    'a cancel of all of it': { action: 'cancel', id: 'a' },
    'a reschedule': { action: 'reschedule', id: 'a', date, new_date: new Date(NOW_MS + 90_000).toISOString() },
  }))
    it(`is taken once for ${what}`, async () => {
      expect(await taken([aMessage({ id: 'a', date })], [JSON.stringify(change)])).to.equal(1)
    })

  it('is taken once for an event that replaces others, and for one that is scheduled again', async () => {
    expect(await taken([aMessage({ id: 'a', date })], [aMessage({ id: 'a', date, replace: true })])).to.equal(1)
    expect(await taken([aMessage({ id: 'a', date })], [aMessage({ id: 'a', date })])).to.equal(1)
  })
})
