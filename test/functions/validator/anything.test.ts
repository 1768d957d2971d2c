import { expect } from 'chai'
import fc from 'fast-check'
import { whyNotCarried } from '../../../core/carried-text.ts'
import { MAX_MESSAGE_BYTES, utf8Bytes } from '../../../core/output-message.ts'
import { aBatch, aMessage, aRecord, FAILURE_TOPIC, MINUTE_MS } from '../../support/builders.ts'
import { aWorld, functionsOf, type World } from '../../support/world.ts'

const FIELDS = ['action', 'id', 'date', 'target', 'user', 'payload', 'failure_topic', 'latest', 'new_date', '__proto__']

/** The fields of a message, some of them replaced by anything that JSON can say. */
const spoilt = fc
  .tuple(fc.dictionary(fc.constantFrom(...FIELDS), fc.jsonValue()), fc.constantFrom('schedule', 'cancel', 'reschedule'))
  .map(([changes, action]) => JSON.stringify({ ...JSON.parse(aMessage({ id: 'spoilt', action })), ...changes }))

/** Lists and objects within each other, with or without an end, alone or in a field. */
const nested = fc
  .tuple(fc.integer({ min: 1, max: 50_000 }), fc.constantFrom('[', '{"a":', '[{"a":'), fc.constantFrom(...FIELDS))
  .chain(([levels, open, field]) => {
    const closed = open.replaceAll(/[^[{]/g, '').split('').reverse().join('').replaceAll('[', ']').replaceAll('{', '}')
    const whole = `${open.repeat(levels)}1${closed.repeat(levels)}`
    return fc.constantFrom(whole, open.repeat(levels), `{"${field}":${whole}}`)
  })

const anything = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ unit: fc.constantFrom(...'{}[]",:\\\ufeff\ufffe\u0000\ud800 1e-.truefalsenull') }),
  fc.json(),
  spoilt,
  { arbitrary: nested, weight: 1 },
)

const validate = (world: World, ...records: Parameters<typeof aBatch>) =>
  world.clock.run(functionsOf(world).validator(aBatch(...records)))

describe('whatever a client sends', () => {
  it('the validator answers, its neighbours are parked, and it is parked itself or told to a failure topic', async () => {
    await fc.assert(
      fc.asyncProperty(anything, fc.boolean(), fc.boolean(), async (text, direct, enforceUser) => {
        const world = aWorld({ atMs: MINUTE_MS - 600_000 })
        const rules = { ...world.rules, enforceUser }
        const strange = direct ? { ...aRecord(''), body: text } : aRecord(text)
        const { batchItemFailures } = await validate(
          { ...world, rules },
          aMessage({ id: 'before' }),
          strange,
          aMessage({ id: 'after' }),
        )
        expect(batchItemFailures).to.deep.equal([])
        const parked = world.table.slots().flatMap((slot) => world.table.eventsIn(slot).map(({ id }) => id))
        expect(parked).to.include.members(['before', 'after'])
        const notices = world.topics.noticeMessages(FAILURE_TOPIC)
        expect(parked.length - 2 + notices.length).to.equal(1)
        for (const { body } of notices) {
          expect(JSON.parse(body)).to.include.keys('error', 'code', 'event', 'message_id')
          expect(whyNotCarried(body)).to.equal(undefined)
          expect(utf8Bytes(body)).to.be.below(MAX_MESSAGE_BYTES)
        }
      }),
      { numRuns: 300, seed: 1 },
    )
  }).timeout(30_000)

  for (const levels of [101, 1_000, 5_000, 30_000, 100_000])
    for (const [field, code] of [
      ['date', 'DATE_INVALID'],
      ['payload', 'PAYLOAD_INVALID'],
      ['id', 'ID_INVALID'],
      ['action', 'ACTION_INVALID'],
    ] as const)
      it(`${field} nested ${levels} levels deep is refused for what it is, and nothing else with it`, async () => {
        const world = aWorld()
        const nesting = `${'['.repeat(levels)}${']'.repeat(levels)}`
        const poison = aMessage({ [field]: 0 }).replace(`"${field}":0`, `"${field}":${nesting}`)
        const neighbours = Array.from({ length: 9 }, (_, i) => aMessage({ id: `good-${i}` }))
        expect(await validate(world, ...neighbours, poison)).to.deep.equal({ batchItemFailures: [] })
        expect(world.table.slots().flatMap((slot) => world.table.eventsIn(slot))).to.have.length(9)
        const [notice] = world.topics.notices(FAILURE_TOPIC)
        expect(notice).to.have.property('code', code)
        expect(notice?.event).to.equal(poison)
      })
})
