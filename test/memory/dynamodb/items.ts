import { unknown, validationException } from './errors.ts'

export type Item = Record<string, unknown>

/** Bytes of a list or map itself, and of each element of it. Source: DynamoDB developer guide, item sizes and formats. */
const COLLECTION_BYTES = 3
const ELEMENT_BYTES = 1

/** A copy of a value, without the undefined fields that our client removes. @throws if it is of a type we do not write */
export function copyOf<T>(value: T): T {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'number':
      return numberOf(value) as T
    case 'object':
      if (value === null) return value
      if (Array.isArray(value)) return value.filter((element) => element !== undefined).map(copyOf) as T
      if (Object.getPrototypeOf(value) === Object.prototype) return copyOfMap(value as Item) as T
  }
  throw unknown(`values like ${String(value)}`)
}

/** Bytes of an item: those of its names and its values. Source: DynamoDB developer guide, item sizes and formats. */
export function bytesOf(item: Item): number {
  let bytes = 0
  for (const name in item) bytes += utf8Bytes(name) + valueBytes(item[name])
  return bytes
}

function copyOfMap(map: Item): Item {
  const copy: Item = {}
  for (const name in map) if (map[name] !== undefined) copy[name] = copyOf(map[name])
  return copy
}

function numberOf(value: number): number {
  if (!Number.isFinite(value)) throw validationException(`Special numeric value ${value} is not allowed`)
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER) throw validationException(`Number ${value} is not a safe one`)
  return value
}

function valueBytes(value: unknown): number {
  switch (typeof value) {
    case 'string':
      return utf8Bytes(value)
    case 'number':
      return numberBytes(value)
    case 'boolean':
      return 1
  }
  if (value === null) return 1
  const elements = Object.keys(value as object).length * ELEMENT_BYTES
  if (!Array.isArray(value)) return COLLECTION_BYTES + elements + bytesOf(value as Item)
  return value.reduce((bytes: number, element) => bytes + valueBytes(element), COLLECTION_BYTES + elements)
}

/** One byte, and one for every two digits before or after the point that are significant; one more for a sign. */
function numberBytes(value: number): number {
  if (value === 0) return 1
  const [digits = '', exponent] = Math.abs(value).toExponential().split('e')
  const significant = digits.length > 1 ? digits.length - 1 : 1
  const alone = Number(exponent) % 2 === 0 ? 1 : 0
  return 1 + Math.ceil((significant + alone) / 2) + (value < 0 ? 1 : 0)
}

function utf8Bytes(text: string): number {
  return Buffer.byteLength(text, 'utf8')
}
