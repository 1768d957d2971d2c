import { expect } from 'chai'
import { APART_BYTES, inPieces, MAX_EVENT_BYTES, standsApart, whyTooLarge } from '../../core/event-size.ts'
import { MAX_MESSAGE_BYTES, messageBytes } from '../../core/output-message.ts'
import { anEvent } from '../support/builders.ts'

const texts = ({ id, target, payload, date, user = '' }: ReturnType<typeof anEvent>) =>
  Buffer.byteLength([id, target, payload, date, user].join(''))

describe('the size of an event', () => {
  it('is right up to what an SNS message carries, and a payload too large one byte above', () => {
    const event = anEvent({ payload: '' })
    const payload = 'x'.repeat(MAX_MESSAGE_BYTES - messageBytes({ ...event, attempt: 100 }))
    expect(whyTooLarge({ ...event, payload })).to.equal(undefined)
    expect(whyTooLarge({ ...event, payload: `${payload}x` })).to.deep.equal({
      code: 'PAYLOAD_TOO_LARGE',
      error: 'payload and attributes are 262145 bytes, SNS carries 262144. Publish a reference to the data instead.',
    })
  })

  it('is right up to what an item of the table takes, and too large one byte above, whichever field it is', () => {
    for (const field of ['user', 'date'] as const) {
      const event = anEvent({ [field]: '' })
      const fill = ' '.repeat(MAX_EVENT_BYTES - texts(event))
      expect(whyTooLarge({ ...event, [field]: fill }), field).to.equal(undefined)
      const { code, error } = whyTooLarge({ ...event, [field]: `${fill} ` }) ?? {}
      expect(code).to.equal('MESSAGE_TOO_LARGE')
      expect(error).to.contain(`Shorten ${field}, which is ${fill.length + 1} bytes.`)
    }
  })

  it('is such that its payload stands apart above four kilobytes of UTF-8', () => {
    expect(standsApart('x'.repeat(APART_BYTES))).to.equal(false)
    expect(standsApart('x'.repeat(APART_BYTES + 1))).to.equal(true)
    expect(standsApart(`${'ä'.repeat(APART_BYTES / 2)}x`)).to.equal(true)
  })
})

describe('payloads that are read in bulk', () => {
  const MB = 1024 * 1024
  const piecesOf = (...sizes: number[]) => [...inPieces(sizes, (size) => size)]

  it('come in pieces of four million units at most, exactly, in order', () => {
    expect(piecesOf(3 * MB, MB, 1, 2 * MB)).to.deep.equal([
      [3 * MB, MB],
      [1, 2 * MB],
    ])
    expect(piecesOf(3 * MB, MB + 1)).to.deep.equal([[3 * MB], [MB + 1]])
  })

  it('come alone where one is larger, whatever is beside it', () => {
    expect(piecesOf(5 * MB, 1, 6 * MB, 7 * MB, 1)).to.deep.equal([[5 * MB], [1], [6 * MB], [7 * MB], [1]])
  })

  it('are no piece where there are none', () => {
    expect(piecesOf()).to.deep.equal([])
  })
})
