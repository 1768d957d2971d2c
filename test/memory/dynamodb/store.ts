import { SortedMap } from '../sorted-map.ts'
import { resourceNotFound, throttlingException, unknown, validationException } from './errors.ts'
import { bytesOf, copyOf, type Item } from './items.ts'

/** Largest item, bytes. Source: DynamoDB developer guide, quotas. */
const MAX_ITEM_BYTES = 400 * 1_024

/** Largest keys, bytes. Source: DynamoDB developer guide, quotas. */
const MAX_KEY_BYTES = { pk: 2_048, sk: 1_024 }

/** What a unit of capacity reads strongly consistently, and writes, bytes. Source: DynamoDB developer guide, read and write operations. */
const UNIT_BYTES = { read: 4_096, write: 1_024 }

export type Access = keyof typeof UNIT_BYTES

/** What the partitions of a table can carry. */
export interface Capacity {
  /** Whether the partition has anything left for a request. */
  admits(partition: string, access: Access): boolean
  /** A request has used so many units of the partition. */
  consume(partition: string, access: Access, units: number): void
}

export const UNLIMITED: Capacity = { admits: () => true, consume: () => {} }

/** An item as it lies in the table. */
export interface Stored {
  item: Item
  bytes: number
}

export interface Key {
  pk: string
  sk: string
}

/** The items of one table by their keys, and what it costs to get at them. */
export function openStore(tableName: string, capacity: Capacity) {
  const partitions = new Map<string, SortedMap<Stored>>()
  return {
    partitions,

    /** @throws ResourceNotFoundException if the table is another */
    checkTable(name: string | undefined): void {
      if (name !== tableName) throw resourceNotFound()
    },

    get({ pk, sk }: Key): Stored | undefined {
      return partitions.get(pk)?.get(sk)
    },

    set(stored: Stored): void {
      const { pk, sk } = keyOf(stored.item)
      const partition = partitions.get(pk) ?? new SortedMap<Stored>()
      partitions.set(pk, partition)
      partition.set(sk, stored)
    },

    admits(partition: string, access: Access): boolean {
      return capacity.admits(partition, access)
    },

    /** @throws ThrottlingException if the partition has nothing left */
    admit(partition: string, access: Access): void {
      if (!capacity.admits(partition, access)) throw throttlingException()
    },

    /** @returns the units that it costs to read or write so many bytes */
    charge(partition: string, access: Access, bytes: number): number {
      const units = Math.max(1, Math.ceil(bytes / UNIT_BYTES[access]))
      capacity.consume(partition, access, units)
      return units
    },
  }
}

export type Store = ReturnType<typeof openStore>

/** An item as the table would keep it: a copy. @throws ValidationException if DynamoDB would not take it */
export function storable(given: Item): Stored {
  const item = copyOf(given)
  keyOf(item)
  const bytes = bytesOf(item)
  if (bytes > MAX_ITEM_BYTES) throw validationException('Item size has exceeded the maximum allowed size')
  return { item, bytes }
}

/** The key of an item. @throws ValidationException if it has none, or one that DynamoDB would not take */
export function keyOf(item: Item): Key {
  return { pk: keyPart(item, 'pk'), sk: keyPart(item, 'sk') }
}

/** A key that is nothing else. @throws ValidationException if it is none, or more than one */
export function keyAlone(item: Item | undefined): Key {
  if (Object.keys(item ?? {}).length !== 2)
    throw validationException('The provided key element does not match the schema')
  return keyOf(item ?? {})
}

/** @throws ValidationException if two keys are the same: DynamoDB takes no batch that names an item twice */
export function refuseDuplicates(keys: readonly Key[]): void {
  if (new Set(keys.map(({ pk, sk }) => `${pk}\n${sk}`)).size < keys.length)
    throw validationException('Provided list of item keys contains duplicates')
}

function keyPart(item: Item, name: keyof Key): string {
  const part = item[name]
  if (typeof part !== 'string') throw validationException('The provided key element does not match the schema')
  if (part === '') throw validationException(`The key ${name} contains an empty string value`)
  if (part.length > MAX_KEY_BYTES[name])
    throw validationException(`The key ${name} exceeds ${MAX_KEY_BYTES[name]} bytes`)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are ASCII too
  if (/[^\x00-\x7f]/.test(part)) throw unknown(`the order of keys that are not ASCII, such as ${part}`)
  return part
}
