import { unknown, validationException } from '../errors.ts'
import { parser, type Reader, type Scope } from './reader.ts'

/** The sort keys of one partition that a query reads, both ends included. */
export interface KeyRange {
  pk: string
  from: string
  to: string
}

type Bounds = (value: (alias: string) => string) => Pick<KeyRange, 'from' | 'to'>

/** Sorts after every sort key with the same prefix: no text in UTF-8 has this unit alone. */
const HIGHEST = '\uffff'

const parseKeys = parser((reader) => {
  const pkName = reader.name()
  reader.expect('=')
  const pk = reader.value()
  const [skName, bounds] = reader.skip('AND') ? sortKey(reader) : [undefined, everything]
  return { pkName, pk, skName, bounds }
})

/** The range that a key condition names. @throws ValidationException if its end is before its start */
export function keyRangeOf(expression: string, scope: Scope) {
  const parsed = parseKeys(expression)
  const { pkName, pk, skName, bounds } = parsed.result
  const names = scope.ExpressionAttributeNames
  if (names?.[pkName] !== 'pk' || (skName && names[skName] !== 'sk'))
    throw unknown(`other keys than pk and sk in "${expression}"`)
  const value = (alias: string) => String(scope.ExpressionAttributeValues?.[alias])
  const range: KeyRange = { pk: value(pk), ...bounds(value) }
  if (range.from > range.to)
    throw validationException('The BETWEEN operator requires upper bound to be greater than or equal to lower bound')
  return { range, parsed }
}

const everything: Bounds = () => ({ from: '', to: HIGHEST })

function sortKey(reader: Reader): [string, Bounds] {
  if (reader.skip('begins_with')) {
    reader.expect('(')
    const name = reader.name()
    reader.expect(',')
    const prefix = reader.value()
    reader.expect(')')
    return [name, (value) => ({ from: value(prefix), to: value(prefix) + HIGHEST })]
  }
  const name = reader.name()
  if (reader.skip('=')) {
    const only = reader.value()
    return [name, (value) => ({ from: value(only), to: value(only) })]
  }
  reader.expect('BETWEEN')
  const from = reader.value()
  reader.expect('AND')
  const to = reader.value()
  return [name, (value) => ({ from: value(from), to: value(to) })]
}
