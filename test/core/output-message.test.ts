import { expect } from 'chai'
import { attributesOf, batchLength, MAX_MESSAGE_BYTES, messageBytes, utf8Bytes } from '../../core/output-message.ts'
import { anEvent, MINUTE_MS } from '../support/builders.ts'
import { seededRandom } from '../support/random.ts'

/** An event that counts `bytes` against SNS's limit. */
const ofBytes = (bytes: number) => {
  const event = anEvent({ payload: '' })
  return { ...event, payload: 'x'.repeat(bytes - messageBytes(event)) }
}

describe('the length of a text in UTF-8', () => {
  for (const [text, bytes] of [
    ['', 0],
    ['abc', 3],
    ['\u007f\u0080', 3],
    ['\u07ff\u0800', 5],
    ['\uffff', 3],
    ['😀', 4],
    ['a😀é€', 10],
  ] as const)
    it(`is ${bytes} for ${JSON.stringify(text)}`, () => {
      expect(utf8Bytes(text)).to.equal(bytes)
    })

  it('is what Node counts, for any well-formed text', () => {
    const random = seededRandom(3)
    const limits = [0x80, 0x800, 0xd800, 0x10000, 0x110000]
    for (let i = 0; i < 2_000; i++) {
      const limit = limits[i % limits.length] as number
      const units = Array.from({ length: 1 + (i % 40) }, () => String.fromCodePoint(Math.floor(random() * limit)))
      const text = units.join('').toWellFormed()
      expect(utf8Bytes(text)).to.equal(Buffer.byteLength(text))
    }
  })
})

describe('an output message', () => {
  it('carries id, due time and attempt as attributes', () => {
    const event = anEvent({ id: 'a', dueAtMs: MINUTE_MS + 5, emitAtMs: MINUTE_MS + 40_000, attempt: 2 })
    expect(attributesOf(event)).to.deep.equal({ event_id: 'a', due: '2026-11-23T12:34:00.005Z', attempt: '2' })
  })

  it('carries the trace context of the publish that asked for it, if it had one, and counts it', () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    const event = anEvent({ traceparent })
    expect(attributesOf(event)).to.include({ traceparent })
    const without = messageBytes({ ...event, traceparent: undefined })
    expect(messageBytes(event) - without).to.equal(`traceparentString${traceparent}`.length)
  })

  it('counts payload and attributes, each with name, type and value', () => {
    const event = anEvent({ id: 'abc', payload: 'é' })
    const attributes = 'event_idStringabc' + 'dueString2026-11-23T12:34:30.000Z' + 'attemptString1'
    expect(messageBytes(event)).to.equal(2 + attributes.length)
  })
})

describe('a batch', () => {
  it('takes ten events and not an eleventh', () => {
    const queue = Array.from({ length: 11 }, () => anEvent())
    expect(batchLength(queue, 0)).to.equal(10)
    expect(batchLength(queue, 1)).to.equal(10)
    expect(batchLength(queue, 2)).to.equal(9)
    expect(batchLength(queue, 10)).to.equal(1)
  })

  it('takes events of exactly 256 KiB together', () => {
    const half = ofBytes(MAX_MESSAGE_BYTES / 2)
    expect(batchLength([half, half, half], 0)).to.equal(2)
  })

  it('does not take an event that is one byte too much', () => {
    const queue = [ofBytes(MAX_MESSAGE_BYTES / 2), ofBytes(MAX_MESSAGE_BYTES / 2 + 1)]
    expect(batchLength(queue, 0)).to.equal(1)
  })

  it('takes ten events and not an eleventh, though it has to be counted whether they fit', () => {
    const queue = Array.from({ length: 11 }, () => ofBytes(MAX_MESSAGE_BYTES / 10 - 1))
    expect(batchLength(queue, 0)).to.equal(10)
    expect(batchLength(queue, 2)).to.equal(9)
  })

  it('does not take an event whose attributes are too much, though all payloads fit', () => {
    const payload = '€'.repeat(MAX_MESSAGE_BYTES / 30)
    const queue = Array.from({ length: 10 }, () => anEvent({ payload }))
    expect(batchLength(queue, 0)).to.equal(9)
  })

  it('takes one event of the largest size, and even a larger one, which SNS refuses alone', () => {
    expect(batchLength([ofBytes(MAX_MESSAGE_BYTES), anEvent()], 0)).to.equal(1)
    expect(batchLength([ofBytes(MAX_MESSAGE_BYTES + 1), anEvent()], 0)).to.equal(1)
  })

  it('is empty where nothing waits', () => {
    expect(batchLength([], 0)).to.equal(0)
  })
})
