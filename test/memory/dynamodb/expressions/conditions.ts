import { unknown } from '../errors.ts'
import type { Item } from '../items.ts'
import { parser, type Reader, type Scope } from './reader.ts'

/** Whether an item meets a condition; one that does not exist has no attributes. */
export type Test = (item: Item | undefined, scope: Scope) => boolean

type Operand = (item: Item | undefined, scope: Scope) => unknown

/** Condition and filter expressions. */
export const parseCondition = parser(anyOf)

/** The attribute a name stands for, or the value. */
export function operand(reader: Reader): Operand {
  if (reader.peek()?.startsWith(':')) {
    const alias = reader.value()
    return (_, scope) => scope.ExpressionAttributeValues?.[alias]
  }
  const alias = reader.name()
  return (item, scope) => item?.[scope.ExpressionAttributeNames?.[alias] as string]
}

const COMPARISONS: Record<string, (order: number | undefined) => boolean> = {
  '=': (order) => order === 0,
  '<>': (order) => order !== 0,
  '<': (order) => order !== undefined && order < 0,
  '<=': (order) => order !== undefined && order <= 0,
  '>': (order) => order !== undefined && order > 0,
  '>=': (order) => order !== undefined && order >= 0,
}

const FUNCTIONS: Record<string, (reader: Reader) => Test> = {
  attribute_not_exists(reader) {
    const attribute = operand(reader)
    return (item, scope) => attribute(item, scope) === undefined
  },
  /** Whether a list has the element, or a text the part. */
  contains(reader) {
    const whole = operand(reader)
    reader.expect(',')
    const part = operand(reader)
    return (item, scope) => {
      const value = whole(item, scope)
      const sought = part(item, scope)
      if (typeof value === 'string') return typeof sought === 'string' && value.includes(sought)
      return Array.isArray(value) && value.includes(sought)
    }
  },
}

function anyOf(reader: Reader): Test {
  const tests = [allOf(reader)]
  while (reader.skip('OR')) tests.push(allOf(reader))
  return (item, scope) => tests.some((test) => test(item, scope))
}

function allOf(reader: Reader): Test {
  const tests = [term(reader)]
  while (reader.skip('AND')) tests.push(term(reader))
  return (item, scope) => tests.every((test) => test(item, scope))
}

function term(reader: Reader): Test {
  if (reader.skip('(')) {
    const inner = anyOf(reader)
    reader.expect(')')
    return inner
  }
  const read = Object.hasOwn(FUNCTIONS, reader.peek() ?? '') && FUNCTIONS[reader.next()]
  if (!read) return comparison(reader)
  reader.expect('(')
  const test = read(reader)
  reader.expect(')')
  return test
}

function comparison(reader: Reader): Test {
  const left = operand(reader)
  const sign = reader.next()
  if (sign === 'IN') {
    reader.expect('(')
    const choices = reader.list(() => operand(reader))
    reader.expect(')')
    return (item, scope) => choices.some((choice) => orderOf(left(item, scope), choice(item, scope)) === 0)
  }
  const holds = COMPARISONS[sign]
  if (!holds) throw unknown(`the comparison ${sign}`)
  const right = operand(reader)
  return (item, scope) => holds(orderOf(left(item, scope), right(item, scope)))
}

/** Below, equal or above; undefined for what cannot be compared, such as values of two types. */
function orderOf(left: unknown, right: unknown): number | undefined {
  if (typeof left === 'number' && typeof right === 'number') return left - right
  if (typeof left === 'string' && typeof right === 'string')
    return left === right ? 0 : Buffer.compare(Buffer.from(left), Buffer.from(right))
  if (typeof left === 'boolean' && left === right) return 0
  if (left === undefined || typeof left !== typeof right || typeof left === 'boolean') return undefined
  throw unknown(`how to compare ${JSON.stringify(left)} and ${JSON.stringify(right)}`)
}
