import { PREFIX } from '../../aws/events-table/items.ts'
import type { Item } from '../memory/dynamodb/items.ts'
import type { Region } from './region.ts'
import { startSpells } from './spells.ts'
import type { Way } from './strikes.ts'

/** A newer version is rolled back every so often, ms, on average, and deployed again so much later. */
const ROLLBACK = { everyMs: 4 * 3_600_000, leastMs: 20 * 60_000, mostMs: 2 * 3_600_000 }

/** It was at work for so long before, ms, and wrote so many of its items in a way of its own. */
const AT_WORK_MS = 5 * 60_000
const OF_ITS_OWN = 1 / 10

/** The field that tells kinds of an item apart, and that the newer version has another kind for. */
const TELLING = { [PREFIX.event]: 'lane', [PREFIX.outcome]: 'kind' }

interface Written {
  atMs: number
  way: Way
}

/** Items that a newer version wrote before it was rolled back: they do not parse until it is deployed again. */
export function startNewerVersion(region: Region) {
  const { time, faults } = region
  const itsOwn = new Map<string, Written>()
  const unreadable = new Set<string>()
  const rollback = startSpells(region, 'unreadable', ROLLBACK, (untilMs) => {
    unreadable.clear()
    for (const [name, { atMs, way }] of itsOwn) {
      if (atMs < time.now() - AT_WORK_MS) continue
      unreadable.add(name)
      faults.struck('unreadable', way, untilMs - time.now())
    }
    itsOwn.clear()
  })
  const asRead = (item: Item): Item => {
    const field = fieldOf(item)
    return field !== undefined && field in item && unreadable.has(keyOf(item)) ? { ...item, [field]: 'new' } : item
  }
  return {
    /** Takes note of what a request has written. */
    wrote(items: readonly Item[]): void {
      if (!faults.enabled.has('unreadable') || rollback.on()) return
      for (const item of items)
        if (fieldOf(item) !== undefined && faults.random() < OF_ITS_OWN)
          itsOwn.set(keyOf(item), { atMs: time.now(), way: wayOfItem(item) })
    },
    /** An answer as the version at work gets it. */
    read<Answer>(answer: Answer): Answer {
      if (!rollback.on() || unreadable.size === 0) return answer
      const { Item, Items, Responses } = answer as { Item?: Item; Items?: Item[]; Responses?: Record<string, Item[]> }
      const found = Object.entries(Responses ?? {}).map(([table, items]) => [table, items.map(asRead)])
      return {
        ...answer,
        ...(Item && { Item: asRead(Item) }),
        ...(Items && { Items: Items.map(asRead) }),
        ...(Responses && { Responses: Object.fromEntries(found) }),
      }
    },
  }
}

function keyOf({ pk, sk }: Item): string {
  return `${pk} ${sk}`
}

function fieldOf({ sk }: Item): string | undefined {
  return Object.entries(TELLING).find(([prefix]) => String(sk).startsWith(prefix))?.[1]
}

/** The event that an item is or is about, its later attempts, the messages about its id, and the settler of its slot. */
function wayOfItem({ pk, sk }: Item): Way {
  const from = String(sk).slice(String(sk).indexOf('#') + 1)
  const [, id = ''] = from.split('#')
  const slot = String(pk)
  return [{ slot, from, to: `${from}~` }, { id }, { settlerOf: slot }]
}
