import { unknown, validationException } from '../errors.ts'
import { copyOf, type Item } from '../items.ts'
import { operand } from './conditions.ts'
import { parser, type Reader, type Scope } from './reader.ts'

/** Changes `after`, a copy of `before`: what an update reads, it reads of the item as it was. */
type Change = (before: Item, after: Item, scope: Scope) => void

const SECTIONS: Record<string, (reader: Reader) => Change> = {
  SET(reader) {
    const path = reader.name()
    reader.expect('=')
    const value = assigned(reader)
    return (before, after, scope) => {
      after[nameOf(path, scope)] = copyOf(value(before, scope))
    }
  },
  ADD(reader) {
    const path = reader.name()
    const value = operand(reader)
    return (before, after, scope) => {
      const [sum, summand] = [before[nameOf(path, scope)] ?? 0, value(before, scope)]
      if (typeof sum !== 'number' || typeof summand !== 'number')
        throw validationException('An operand in the update expression has an incorrect data type')
      after[nameOf(path, scope)] = sum + summand
    }
  },
  REMOVE(reader) {
    const path = reader.name()
    return (_, after, scope) => {
      delete after[nameOf(path, scope)]
    }
  },
}

/** Update expressions. */
export const parseUpdate = parser((reader) => {
  const changes: Change[] = []
  while (reader.peek() !== undefined) {
    const section = reader.next()
    const read = SECTIONS[section]
    if (!read) throw unknown(`the section ${section} of an update`)
    changes.push(...reader.list(() => read(reader)))
  }
  return changes
})

/** Projection expressions. */
export const parseProjection = parser((reader) => reader.list(() => reader.name()))

/** The attributes of an item that a projection names. */
export function project(item: Item, paths: readonly string[], scope: Scope): Item {
  const names = paths.map((path) => nameOf(path, scope)).filter((name) => item[name] !== undefined)
  return Object.fromEntries(names.map((name) => [name, copyOf(item[name])]))
}

function assigned(reader: Reader) {
  if (!reader.skip('if_not_exists')) return operand(reader)
  reader.expect('(')
  const first = operand(reader)
  reader.expect(',')
  const otherwise = operand(reader)
  reader.expect(')')
  return (item: Item, scope: Scope) => first(item, scope) ?? otherwise(item, scope)
}

function nameOf(path: string, scope: Scope): string {
  return scope.ExpressionAttributeNames?.[path] as string
}
