import { expect } from 'chai'
import { MAX_CHECKPOINT_KEYS } from '../../core/checkpoint.ts'
import { eventKey, LAST_KEY } from '../../core/event.ts'
import { addLateness, type Lateness } from '../../core/lateness.ts'
import { utf8Bytes } from '../../core/output-message.ts'
import { MINUTE_MS } from '../support/builders.ts'

/** Largest item of DynamoDB, bytes. Source: DynamoDB developer guide, Constraints. */
const MAX_ITEM_BYTES = 400 * 1_024

/** What DynamoDB adds to each element of a list, bytes. Source: DynamoDB developer guide, Item sizes and formats. */
const PER_ELEMENT_BYTES = 1

describe('the largest checkpoint', () => {
  it('fits an item of DynamoDB, with the longest ids, late attempts and every lateness there is', () => {
    const longest = eventKey(MINUTE_MS, 'x'.repeat(64), 100)
    const lateness: Lateness = {}
    for (let lateMs = 1; lateMs < 100_000_000; lateMs = Math.ceil(lateMs * 1.01)) addLateness(lateness, lateMs)
    const keysBytes = MAX_CHECKPOINT_KEYS * (longest.length + PER_ELEMENT_BYTES)
    const restBytes = utf8Bytes(JSON.stringify({ upTo: LAST_KEY, lateness })) + 1_000
    expect(keysBytes + restBytes).to.be.below(MAX_ITEM_BYTES)
  })
})
