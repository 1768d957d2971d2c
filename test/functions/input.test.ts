import { expect } from 'chai'
import * as z from 'zod'
import { SchedulerError } from '../../core/errors.ts'
import { readInput } from '../../functions/input.ts'

const schema = z.object({ slot: z.string() })

describe('the input of a function', () => {
  it('is read as its schema says', () => {
    expect(readInput(schema, { slot: 'a', more: 1 })).to.deep.equal({ slot: 'a' })
  })

  for (const input of [undefined, null, 'a', {}, { slot: 7 }])
    it(`is a fault when it is ${JSON.stringify(input)}`, () => {
      expect(() => readInput(schema, input))
        .to.throw(SchedulerError, 'The function was invoked with what it does not take')
        .with.property('code', 'INPUT_INVALID')
    })

  it('is named with the field that is wrong, and keeps what zod said as the cause', () => {
    const read = () => readInput(schema, { slot: 7 })
    expect(read).to.throw(SchedulerError, 'at slot').with.property('cause').that.is.instanceOf(z.ZodError)
  })
})
